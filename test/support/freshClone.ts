import { Effect, Schema, type Scope } from "effect"
import { execFile, execFileSync, spawnSync } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { freshFolder } from "../../scripts/build/bundles.ts"
import { sourceFiles } from "../../scripts/check/sourceFiles.ts"
import { repository, stateFolder } from "../../scripts/stack/Paths.ts"

/** Somebody who works on this machine. `undefined`: whoever runs the tests. */
export interface Person {
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
}

const me: Person = { ids: undefined }

const nobody = (): Person => {
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }))
  return { ids: { uid: id("-u"), gid: id("-g") } }
}

/** Whoever runs the tests, unless that is root. */
export const ordinaryUser: Person = process.getuid?.() === 0 ? nobody() : me

class ScriptFailed extends Schema.TaggedError<ScriptFailed>()("ScriptFailed", {
  script: Schema.String,
  output: Schema.String
}) {
  override get message() {
    return `${this.script}\n${this.output}`
  }
}

export interface FreshClone {
  readonly folder: string
  /** Runs a line of shell in the clone and gives all that it printed. */
  readonly shell: (line: string) => Effect.Effect<string, ScriptFailed>
}

const isOwn = (name: string) => !/^(?:npm_|NODE|VITEST|CI$|INIT_CWD$)/.test(name)

/**
 * The environment of a login: without what npm and the test runner add, and without this clone's own programs on PATH.
 */
const environment = (home: string | undefined): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => isOwn(name))),
  PATH: (process.env["PATH"] ?? "").split(":").filter((folder) => !/node_modules|\.mutt/.test(folder)).join(":"),
  ...(home === undefined ? {} : { HOME: home })
})

const remove = (folder: string) => {
  // Root's servers may have kept their data outside.
  const servers = join(folder, "mutt/.mutt/servers")
  if (lstatSync(servers, { throwIfNoEntry: false })?.isSymbolicLink() === true && existsSync(servers)) {
    rmSync(realpathSync(servers), { recursive: true, force: true })
  }
  rmSync(folder, { recursive: true, force: true })
}

/**
 * The packages of this clone, as if they had been installed there; without what the test runner keeps beside them and
 * changes meanwhile.
 */
const install = (folder: string) => {
  const [from, to] = [join(repository, "node_modules"), join(folder, "node_modules")]
  mkdirSync(to)
  const packages = readdirSync(from).filter((name) => !name.startsWith(".vite"))
  execFileSync("cp", ["-a", ...packages.map((name) => join(from, name)), to])
  // Node.js is not among them.
  mkdirSync(join(folder, ".mutt/tools"), { recursive: true })
  execFileSync("cp", ["-a", join(stateFolder, "tools/node"), join(folder, ".mutt/tools")])
}

/** Lends this clone's packages, what its bootstrap found, and the bundles of its programs. */
const lend = (folder: string) => {
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"))
  mkdirSync(join(folder, ".mutt"))
  cpSync(join(stateFolder, "tools.json"), join(folder, ".mutt/tools.json"))
  const [ours, theirs] = [freshFolder(), join(folder, ".mutt/bundles", basename(freshFolder()))]
  // A copy, since a bundle knows by its own path where its clone is.
  if (existsSync(ours)) cpSync(ours, theirs, { recursive: true })
}

/**
 * The sources as git or an archive would hand them out, below a folder that only its owner may enter; with nothing
 * installed, or with the packages, or with all that is installed here.
 */
export const freshClone = (
  person: Person = me,
  options?: { readonly installed?: "packages" | "all" }
): Effect.Effect<FreshClone, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const closed = mkdtempSync(join(tmpdir(), "mutt-clone-"))
      const folder = join(closed, "mutt")
      for (const path of sourceFiles()) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        cpSync(join(repository, path), join(folder, path))
      }
      if (options?.installed === "all") lend(folder)
      if (options?.installed === "packages") install(folder)
      const home = person.ids === undefined ? undefined : join(closed, "home")
      if (person.ids !== undefined) {
        mkdirSync(join(closed, "home"))
        spawnSync("chown", ["-R", `${person.ids.uid}:${person.ids.gid}`, closed])
      }
      chmodSync(closed, 0o700)
      return { closed, folder, home }
    }),
    ({ closed }) => Effect.sync(() => remove(closed))
  ).pipe(Effect.map(({ folder, home }) => ({
    folder,
    shell: (line) =>
      Effect.callback<string, ScriptFailed>((resume) => {
        const options = { cwd: folder, env: environment(home), maxBuffer: 64 * 1024 * 1024, ...person.ids }
        const child = execFile("bash", ["-c", line], options, (error, stdout, stderr) =>
          resume(
            error === null
              ? Effect.succeed(stdout + stderr)
              : Effect.fail(new ScriptFailed({ script: line, output: stdout + stderr }))
          ))
        return Effect.sync(() => child.kill())
      })
  })))

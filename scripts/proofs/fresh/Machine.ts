import { Effect, Schema, type Scope } from "effect"
import { execFile, execFileSync, spawn } from "node:child_process"
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync
} from "node:fs"
import { dirname, join } from "node:path"
import { sourceFiles } from "../../check/sourceFiles.ts"
import { repository, stateFolder } from "../../stack/Paths.ts"

/** A machine that nobody prepared, and who works on it how. */
export interface MachineKind {
  readonly suite: "bookworm" | "trixie"
  readonly user: "root" | "ann"
  readonly python: "yes" | "no"
  /** The folder of the sources, in the user's home. */
  readonly folder: string
  readonly umask: "022" | "077"
  readonly home: "yes" | "no"
}

export const nameOf = ({ folder, home, python, suite, umask, user }: MachineKind): string =>
  [
    suite === "bookworm" ? "Debian 12" : "Debian 13",
    user === "root" ? "root" : "ordinary user",
    ...(python === "yes" ? ["Python and git"] : []),
    ...(folder === "mutt" ? [] : [`folder "${folder}"`]),
    ...(umask === "022" ? [] : [`umask ${umask}`]),
    ...(home === "yes" ? [] : ["no HOME"])
  ].join(", ")

export class NoMachine extends Schema.TaggedError<NoMachine>()("NoMachine", { why: Schema.String }) {
  override get message() {
    return `Bare machines can't be made here: ${this.why}`
  }
}

export interface Ran {
  readonly code: number
  readonly seconds: number
  /** All that it printed, standard output and error as they came. */
  readonly said: string
}

export interface Machine {
  /** Runs a line of shell in the folder of the sources, with the network of this machine or with none. */
  readonly shell: (line: string, network?: "host" | "none") => Effect.Effect<Ran>
}

const kept = join(stateFolder, "machines")
const enter = join(import.meta.dirname, "enter.sh")
const script = join(import.meta.dirname, "makeBase.sh")

const bash = (args: ReadonlyArray<string>) =>
  Effect.callback<void, NoMachine>((resume) => {
    const child = execFile("bash", args, { maxBuffer: 1 << 26 }, (error, _, stderr) =>
      resume(error === null ? Effect.void : Effect.fail(new NoMachine({ why: stderr.trim() || error.message }))))
    return Effect.sync(() =>
      child.kill()
    )
  })

/** Says at once what is lacking, before minutes are spent. */
export const possible: Effect.Effect<void, NoMachine> = Effect.gen(function*() {
  if (process.platform !== "linux") return yield* new NoMachine({ why: "they need the namespaces of Linux." })
  if (process.getuid?.() !== 0) return yield* new NoMachine({ why: "root is needed to make and to enter them." })
  yield* bash(["-c", "command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >/dev/null 2>&1"]).pipe(
    Effect.mapError(() => new NoMachine({ why: "debootstrap is not installed and apt-get did not bring it." }))
  )
  const probe = "mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir a b c d && "
    + "mount -t overlay overlay -o lowerdir=a,upperdir=b,workdir=c d"
  yield* bash(["-c", `unshare --mount --pid --fork --net bash -c '${probe}'`]).pipe(
    Effect.mapError(({ why }) => new NoMachine({ why: `the kernel does not allow namespaces with overlays: ${why}` }))
  )
})

/** The folder of the system that such machines stand on, which is unpacked once. */
export const base = ({ python, suite }: MachineKind) =>
  Effect.gen(function*() {
    const folder = join(kept, `${suite}-${python === "yes" ? "python" : "bare"}`)
    if (!existsSync(folder)) {
      mkdirSync(kept, { recursive: true })
      yield* bash([script, suite, python, folder]).pipe(
        Effect.mapError(() => new NoMachine({ why: `${suite} could not be unpacked; ${folder}.log says why.` }))
      )
    }
    return folder
  })

const handedOn =
  /^(?:https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|PIP_CERT|npm_config_(?:registry|cafile))$/i

const environment = (kind: MachineKind, home: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => handedOn.test(name))),
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  LANG: "C.UTF-8",
  ...(kind.home === "yes" ? { HOME: home } : {})
})

/** Copies the sources as an archive has them into the changes of a machine. */
const unpackSources = (into: string, kind: MachineKind, home: string, from: string) => {
  for (const path of sourceFiles()) {
    mkdirSync(dirname(join(into, path)), { recursive: true })
    cpSync(join(repository, path), join(into, path))
  }
  if (kind.user === "root") return
  const owner = readFileSync(join(from, "etc/passwd"), "utf8").split("\n").find((line) =>
    line.startsWith(`${kind.user}:`)
  )
  const [, , uid, gid] = owner?.split(":") ?? []
  chownSync(home, Number(uid), Number(gid))
  chmodSync(home, 0o700)
  execFileSync("chown", ["-R", `${uid}:${gid}`, into])
}

/** A machine of this kind with the sources in it and nothing else. It goes away with the scope. */
export const machine = (kind: MachineKind): Effect.Effect<Machine, NoMachine, Scope.Scope> =>
  Effect.gen(function*() {
    const from = yield* base(kind)
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => realpathSync(mkdtempSync(join(kept, "machine-")))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
    const home = kind.user === "root" ? "/root" : `/home/${kind.user}`
    const sources = join(folder, "changes", home, kind.folder)
    mkdirSync(sources, { recursive: true })
    unpackSources(sources, kind, join(folder, "changes", home), from)
    const shell: Machine["shell"] = (line, network = "host") =>
      Effect.callback((resume) => {
        const begun = performance.now()
        let said = ""
        const inside = `cd '${home}/${kind.folder}' && umask ${kind.umask} && ${line}`
        const child = spawn("bash", [enter, from, folder, kind.user, network, "bash", "-c", inside], {
          env: environment(kind, home),
          stdio: ["ignore", "pipe", "pipe"]
        })
        for (const output of [child.stdout, child.stderr]) output.on("data", (data) => void (said += String(data)))
        child.on(
          "close",
          (code) => resume(Effect.succeed({ code: code ?? 1, seconds: (performance.now() - begun) / 1000, said }))
        )
        return Effect.sync(() => child.kill())
      })
    return { shell }
  })

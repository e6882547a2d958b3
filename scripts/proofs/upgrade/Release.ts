import { Effect, Schema } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { bundlesWanted, freshFolder } from "../../build/bundles.ts"
import { run } from "../../stack/Command.ts"
import { repository, stateFolder } from "../../stack/Paths.ts"

/** The bundles of one state of the sources. */
export interface Release {
  /** `old` or `new`. */
  readonly name: string
  /** What git calls it. */
  readonly revision: string
  /** Folder of its bundles. */
  readonly bundles: string
}

export class NoRelease extends Schema.TaggedError<NoRelease>()("NoRelease", { detail: Schema.String }) {
  override get message() {
    return this.detail
  }
}

const git = (...args: ReadonlyArray<string>) => Effect.map(run("git", args, { cwd: repository }), (said) => said.trim())

/** The newest release; before there is one, the commit before the newest migration. */
export const previousRevision = git("describe", "--tags", "--abbrev=0", "--match", "v*").pipe(
  Effect.catch(() =>
    Effect.map(
      git("log", "--diff-filter=A", "--format=%H", "-1", "--", "layers/postgres/migrations"),
      (added) => `${added}^`
    )
  )
)

/** Of today's sources. */
export const releaseHere = Effect.gen(function*() {
  if (bundlesWanted()) {
    const { buildBundles } = yield* Effect.promise(() => import("../../build/buildBundles.ts"))
    yield* Effect.tryPromise(() => buildBundles())
  }
  return { name: "new", revision: yield* git("rev-parse", "--short", "HEAD"), bundles: freshFolder() }
})

const lockFile = "package-lock.json"

/** Of a commit: its tree is put beside ours, and built there with its own build. Is kept for the next time. */
export const releaseOf = Effect.fnUntraced(function*(wanted: string) {
  const revision = yield* git("rev-parse", "--short", `${wanted}^{commit}`)
  const tree = join(stateFolder, "releases", revision)
  const built = () => {
    const folder = join(tree, ".mutt/bundles")
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  }
  if (built().length === 0) {
    rmSync(tree, { recursive: true, force: true })
    mkdirSync(tree, { recursive: true })
    const archive = `${tree}.tar`
    yield* git("archive", "--output", archive, revision)
    yield* run("tar", ["-xf", archive, "-C", tree])
    rmSync(archive)
    const sameLock = readFileSync(join(tree, lockFile), "utf8") === readFileSync(join(repository, lockFile), "utf8")
    if (sameLock) symlinkSync(join(repository, "node_modules"), join(tree, "node_modules"))
    else yield* run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: tree })
    yield* run(process.execPath, ["scripts/build/main.ts"], { cwd: tree })
  }
  const [bundles] = built()
  if (bundles === undefined) return yield* new NoRelease({ detail: `${revision} has no build that makes bundles.` })
  return { name: "old", revision, bundles }
})

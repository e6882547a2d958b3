import { Effect } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../stack/Command.ts"
import { repository } from "../stack/Paths.ts"
import { released, unreleasedSection } from "./changelog.ts"
import { ReleaseRefused } from "./ReleaseRefused.ts"
import { versionFiles, withVersion } from "./versionFiles.ts"

const git = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.map(run("git", ["-C", folder, ...args]), (text) => text.trim())

export interface ReleaseClone {
  readonly folder: string
  readonly version: string
  readonly notes: string
  /** The commit of the release, in hex. */
  readonly commit: string
  /** When the commit before it was made, in Unix seconds: whatever is built says this time, so that it can be built again. */
  readonly sourceDateEpoch: string
}

const change = (path: string, by: (text: string) => string) => writeFileSync(path, by(readFileSync(path, "utf8")))

/** A clone of the newest commit, with the version and the day of its release written and committed; it goes with its scope. */
export const releaseClone = (day: string) =>
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-release-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
    )
    yield* run("git", ["clone", "--quiet", repository, folder])
    const sourceDateEpoch = yield* git(folder, "log", "-1", "--format=%ct")
    const { notes, version } = yield* Effect.try({
      try: () => {
        const section = unreleasedSection(readFileSync(join(folder, "CHANGELOG.md"), "utf8"))
        change(join(folder, "CHANGELOG.md"), (text) => released(text, day))
        for (const file of versionFiles) {
          change(join(folder, file.path), (text) => withVersion(file, text, section.version))
        }
        return section
      },
      catch: (error) => new ReleaseRefused({ message: error instanceof Error ? error.message : String(error) })
    })
    yield* git(folder, "commit", "--quiet", "--all", "--message", `Release ${version}`)
    return { folder, version, notes, sourceDateEpoch, commit: yield* git(folder, "rev-parse", "HEAD") }
  })

/** Brings the commit of the release into this repository, and its tag. */
export const takeOver = ({ commit, folder, version }: ReleaseClone) =>
  Effect.gen(function*() {
    yield* git(repository, "fetch", "--quiet", folder, commit)
    yield* git(repository, "merge", "--quiet", "--ff-only", commit)
    yield* git(repository, "tag", "--annotate", tagOf(version), "--message", `MUTT ${version}`)
  })

export const tagOf = (version: string): string => `v${version}`

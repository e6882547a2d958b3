import { Effect } from "effect"
import { existsSync } from "node:fs"
import { run } from "../stack/Command.ts"
import { repository } from "../stack/Paths.ts"
import { tagOf } from "./ReleaseClone.ts"
import { ReleaseRefused } from "./ReleaseRefused.ts"

const git = (...args: ReadonlyArray<string>) => run("git", ["-C", repository, ...args])

const refuse = (message: string) => Effect.fail(new ReleaseRefused({ message }))

/** Whether this repository may get the commit and the tag of a release: asked before anything is made. */
export const readyToRelease = (version: string, output: string) =>
  Effect.gen(function*() {
    if ((yield* git("status", "--porcelain")) !== "") {
      return yield* refuse("the work tree has changes that no commit holds: commit them or take them away")
    }
    if ((yield* git("tag", "--list", tagOf(version))) !== "") {
      return yield* refuse(`there is a tag ${tagOf(version)}: begin a new section in CHANGELOG.md`)
    }
    if (existsSync(output)) return yield* refuse(`${output} is there already: move it away`)
  })

// Makes a release of the newest commit: one command, and nothing is pushed by it.
import { Console, DateTime, Effect } from "effect"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { runScript, unusable } from "../command-line/Script.ts"
import { run } from "../stack/Command.ts"
import { repository, stateFolder } from "../stack/Paths.ts"
import { makeArtefacts } from "./artefacts.ts"
import { unreleasedSection } from "./changelog.ts"
import { nextSteps } from "./nextSteps.ts"
import { type Options, options } from "./options.ts"
import { passThrough } from "./passThrough.ts"
import { readyToRelease } from "./readyToRelease.ts"
import { releaseClone, takeOver } from "./ReleaseClone.ts"
import { ReleaseRefused } from "./ReleaseRefused.ts"
import { tryArtefacts } from "./tryArtefacts.ts"

const refusing = <A>(read: () => A) =>
  Effect.try({
    try: read,
    catch: (error) => new ReleaseRefused({ message: error instanceof Error ? error.message : String(error) })
  })

const now = Effect.map(DateTime.now, DateTime.formatIso)

const step = (words: string) => Console.error(`release: ${words}`)

const test = (folder: string) =>
  Effect.forEach(
    ["check", "test", "check-deploy"],
    (script) =>
      Effect.andThen(step(`npm run ${script}`), passThrough("npm", ["run", "--silent", script], { cwd: folder })),
    {
      discard: true
    }
  )

const release = (options: Options) =>
  Effect.gen(function*() {
    const planned = yield* refusing(() => unreleasedSection(readFileSync(join(repository, "CHANGELOG.md"), "utf8")))
    const output = resolve(options.output ?? join(stateFolder, "release", planned.version))
    if (!options.dryRun) yield* readyToRelease(planned.version, output)
    const started = yield* now
    const clone = yield* releaseClone(started.slice(0, 10))
    yield* step(`${clone.version}, commit ${clone.commit.slice(0, 12)}, in a clone of its own`)
    yield* passThrough("bash", ["scripts/bootstrap.sh", "--packages"], { cwd: clone.folder })
    if (!options.noTests) yield* test(clone.folder)
    const url = yield* run("git", ["-C", repository, "config", "--default", "", "remote.origin.url"])
    const sums = yield* makeArtefacts(clone, output, options, { started, now }, url.trim())
    yield* step("trying what was made")
    yield* tryArtefacts(output, clone.version)
    if (!options.dryRun) yield* takeOver(clone)
    yield* Console.log(
      options.json
        ? JSON.stringify(
          { version: clone.version, folder: output, released: !options.dryRun, files: sums },
          undefined,
          2
        )
        : nextSteps(clone.version, output, sums, options)
    )
  }).pipe(Effect.scoped)

runScript(options, function*(given) {
  if (given.noTests && !given.dryRun) {
    return yield* unusable("--no-tests goes with --dry-run only: what is released has passed its tests")
  }
  yield* Effect.catch(release(given), (error) => {
    process.exitCode = 1
    return step(error.message)
  })
})

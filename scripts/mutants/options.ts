import { Flag } from "effect/cli"
import * as flags from "../command-line/flags.ts"
import { script } from "../command-line/Script.ts"
import { leastScore, promises } from "./promises.ts"

/** Globs with commas between, of which those in braces belong to one. */
const globs = (name: string, does: string) =>
  flags.text(name, "GLOBS", does, undefined).pipe(
    Flag.map((text) => text?.split(/,(?![^{]*\})/).filter((one) => one !== ""))
  )

export const options = script(
  "mutants",
  `Puts one small fault at a time into a copy of the tree and runs the tests that should notice. What no test notices
survives, and is printed.

Ends with 1 when fewer than ${leastScore} % are killed. Survivors that change nothing are in scripts/mutants/explained.ts, with the
reason.`,
  {
    promise: flags.some(
      "promise",
      "Promises, with commas; all of these without --files",
      promises.map(({ name }) => name)
    ),
    files: globs("files", "Source files, with commas between"),
    tests: globs("tests", "Tests for them; without, those of the promise that names a file, else its mirror in test/"),
    sample: flags.whole("sample", "So many mutants, chosen at random", undefined),
    seed: flags.whole("seed", "Chooses the same ones again", undefined, 0),
    list: flags.toggle("list", "Print the mutants and run nothing"),
    fresh: flags.toggle("fresh", "Forget what earlier runs found out; without, an ended run goes on where it was"),
    json: flags.toggle("json", "Print the summary as JSON")
  }
)

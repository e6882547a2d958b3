import { parseArgs } from "node:util"
import { leastScore, promises } from "./promises.ts"

export const usage =
  `npm run mutants -- [--promise NAME,...] [--files GLOBS] [--tests GLOBS] [--sample N] [--seed S] [--list] [--fresh] [--json]

Puts one small fault at a time into a copy of the tree and runs the tests that should notice. What no test notices survives, and is printed.

  --promise NAME  one of the promises or several: ${
    promises.map(({ name }) => name).join(", ")
  }; all of them without --files
  --files GLOBS   source files, with commas between
  --tests GLOBS   tests for them; without, those of the promise that names the file, else its mirror in test/
  --sample N      so many mutants, chosen at random
  --seed S        chooses the same ones again
  --list          print the mutants and run nothing
  --fresh         forget what earlier runs found out; without, a run that was ended goes on where it was
  --json          print the summary as JSON

Ends with 1 when fewer than ${leastScore} % are killed. Survivors that change nothing are in scripts/mutants/explained.ts, with the reason.`

const several = (text: string | undefined) => text?.split(/,(?![^{]*\})/).filter((one) => one !== "")
const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))

export const readOptions = () => {
  const { values } = parseArgs({
    options: {
      promise: { type: "string" },
      files: { type: "string" },
      tests: { type: "string" },
      sample: { type: "string" },
      seed: { type: "string" },
      list: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  return {
    ...values,
    promise: several(values.promise),
    files: several(values.files),
    tests: several(values.tests),
    sample: number(values.sample),
    seed: number(values.seed) ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
  }
}

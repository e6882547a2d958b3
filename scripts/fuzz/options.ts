import * as flags from "../command-line/flags.ts"
import { script } from "../command-line/Script.ts"
import { targets } from "./targets.ts"

export const options = script("fuzz", "Tries what strangers send, changed at random, on what reads it.", {
  target: flags.some("target", "With commas; without it all of these", ["all", ...targets.map(({ name }) => name)]),
  seconds: flags.positive("seconds", "Seconds for all targets (default 60)", undefined),
  inputs: flags.whole("inputs", "Inputs of each target, however long they take", undefined),
  seed: flags.whole("seed", "Makes the same inputs again (default: another one each time)", undefined, 0),
  json: flags.json
})

// Shows that days of events are archived before they are dropped, whatever dies meanwhile, and what that costs writers.
import { Random } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { printProofs } from "../Proof.ts"
import { archived } from "./archived.ts"
import { options } from "./options.ts"

runScript(options, function*({ json, rate, rows, seed, ...size }) {
  const proof = yield* Random.withSeed(
    archived({ ...size, rowsADay: rows, perSecond: rate }, (words) => void process.stderr.write(`${words}\n`)),
    seed
  )
  yield* printProofs([proof], json)
})

// Shows what telemetry costs beside mode off, that a collector in trouble costs no more, and that no secret is told.
import { Console, Effect } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { printProofs, type Proof } from "../Proof.ts"
import { ways } from "./Collector.ts"
import { compare, control } from "./compare.ts"
import { options } from "./options.ts"

runScript(options, function*(given) {
  const pace = { seconds: given.seconds, rounds: given.rounds }
  const proofs: Array<Proof> = []
  const show = (work: Effect.Effect<Proof, unknown>) =>
    Effect.tap(work, (proof) => {
      proofs.push(proof)
      return Console.error(`${proof.what}: ${proof.problems.length === 0 ? "holds" : proof.problems.join("; ")}`)
    })
  yield* show(control(pace))
  for (const way of given.control ? [] : given.collector ?? ways) {
    for (const ratio of given.ratio) yield* show(compare(way, ratio, pace))
  }
  yield* printProofs(proofs, given.json)
})

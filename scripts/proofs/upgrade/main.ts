// Rolls the programs of one release to the next and back under load, in every order, and looks what it cost.
import { Console } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { printProofs } from "../Proof.ts"
import { options } from "./options.ts"
import { previousRevision, releaseHere, releaseOf } from "./Release.ts"
import { orders, summed, upgrade } from "./upgrade.ts"

runScript(options, function*({ from, json, orders: count }) {
  const old = yield* releaseOf(from ?? (yield* previousRevision))
  const here = yield* releaseHere
  yield* Console.error(`from ${old.revision} to what is here (${here.revision})`)
  const proofs = yield* upgrade({
    old,
    new: here,
    orders: orders.slice(0, count),
    tell: (words) => Console.error(words)
  })
  yield* printProofs(json ? [summed(proofs), ...proofs] : [summed(proofs)], json)
})

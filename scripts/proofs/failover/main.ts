// Shows what a failover of PostgreSQL costs: the standby is promoted under load, and every settled event has its row.
import { Console, Record } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { printProofs, type Proof } from "../Proof.ts"
import { failovers } from "./failover.ts"
import { arrangements, options } from "./options.ts"

runScript(options, function*({ controls, json, primary, rounds, seed }) {
  const proofs: Array<Proof> = []
  for (const name of primary ?? Record.keys(arrangements)) {
    proofs.push(yield* failovers(name, "safe", rounds, seed, Console.error))
    const control = controls ?? rounds
    if (control > 0) proofs.push(yield* failovers(name, "control", control, seed, Console.error))
  }
  yield* printProofs(proofs, json)
})

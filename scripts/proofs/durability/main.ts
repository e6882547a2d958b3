// Shows what a 2xx survives: the primary of Redis dies while its replicas lag, and one of them takes over.
import { Record } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { printProofs, type Proof } from "../Proof.ts"
import { failovers } from "./failover.ts"
import { noReplica } from "./noReplica.ts"
import { arrangements, options } from "./options.ts"
import { speed } from "./speed.ts"

runScript(options, function*({ json, rounds, seconds, seed, servers }) {
  const proofs: Array<Proof> = []
  if (servers === undefined) proofs.push(yield* noReplica, yield* speed(seconds))
  for (const name of servers ?? Record.keys(arrangements)) {
    for (const kind of ["safe", "control"] as const) {
      proofs.push(yield* failovers(name, kind, rounds, seed))
    }
  }
  yield* printProofs(proofs, json)
})

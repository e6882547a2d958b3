// Shows what a 2xx survives: the primary of Redis dies while its replica lags, and the replica takes over.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { printProofs } from "../Proof.ts"
import { failovers } from "./failover.ts"
import { noReplica } from "./noReplica.ts"
import { speed } from "./speed.ts"

const usage = `Usage: npm run durability-proof -- [options]

The way to the replica is frozen under load, the primary is killed a second later, the replica is promoted: with
INGEST_DURABILITY=replicated no acknowledged event is missing, with local some are. Then: what waiting costs, and what
senders hear while no replica is there.

  --rounds N    of each level (default 20)
  --seconds N   of each measurement of speed (default 5)
  --json        figures for programs
  --help        this text
`

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seconds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const rounds = Number(values.rounds)
  const proofs = [
    yield* noReplica,
    yield* speed(Number(values.seconds)),
    yield* failovers("replicated", rounds),
    yield* failovers("local", rounds)
  ]
  yield* printProofs(proofs, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

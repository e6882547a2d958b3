// Shows what a 2xx survives: the primary of Redis dies while its replicas lag, and one of them takes over.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { printProofs, type Proof } from "../Proof.ts"
import { failovers } from "./failover.ts"
import { noReplica } from "./noReplica.ts"
import { type Arrangement, arrangements } from "./Servers.ts"
import { speed } from "./speed.ts"

const usage = `Usage: npm run durability-proof -- [options]

Under load the ways to the replicas are frozen, a second later the primary is killed, and a replica takes over: with
INGEST_DURABILITY=replicated no acknowledged event is missing, with local some are, and none is there twice. Then what
waiting costs, and what senders hear while no replica is there.

  --servers LIST   without it all of these, and the rest; with commas:
                   pair       a primary and a replica that is promoted by hand
                   sentinels  three of them watch a primary with two replicas
                   cluster    three primaries with a replica each
                   cut-off    as sentinels, but the primary lives on and does not know of it
                   divided    a replica is cut off with it: replicated:2 loses nothing, replicated does
  --rounds N       of each level (default 1)
  --seed N         of the first round; each round has its own times (default 1)
  --seconds N      of each measurement of speed (default 5)
  --json           figures for programs
  --help           this text
`

const { values } = parseArgs({
  options: {
    servers: { type: "string" },
    rounds: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const isArrangement = (name: string): name is Arrangement => Object.hasOwn(arrangements, name)

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const names = (values.servers ?? Object.keys(arrangements).join(",")).split(",")
  const unknown = names.find((name) => !isArrangement(name))
  if (unknown !== undefined) {
    process.exitCode = 2
    return yield* Console.error(`--servers: there is no "${unknown}"\n\n${usage}`)
  }
  const proofs: Array<Proof> = []
  if (values.servers === undefined) proofs.push(yield* noReplica, yield* speed(Number(values.seconds)))
  for (const name of names.filter(isArrangement)) {
    for (const kind of ["safe", "control"] as const) {
      proofs.push(yield* failovers(name, kind, Number(values.rounds), Number(values.seed)))
    }
  }
  yield* printProofs(proofs, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

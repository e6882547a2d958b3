// Shows what a failover of PostgreSQL costs: the standby is promoted under load, and every settled event has its row.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { printProofs, type Proof } from "../Proof.ts"
import { type Arrangement, arrangements, failovers } from "./failover.ts"

const usage = `Usage: npm run failover-proof -- [options]

The four programs run with DB_HOSTS, a primary and a standby of PostgreSQL. Under load the way to the standby is frozen,
a second later the primary ends, and the standby is promoted. With synchronous_commit=on every event that was settled
has its row afterwards, and rows are written again within five seconds; with local, the control, some have none.

  --primary LIST   without it all of these; with commas:
                   killed   it dies
                   cut-off  it lives on where the programs are
  --rounds N       of each (default 1)
  --controls N     rounds of each control (default as --rounds)
  --seed N         of the first round; each round has its own times (default 1)
  --json           figures for programs
  --help           this text
`

const { values } = parseArgs({
  options: {
    primary: { type: "string" },
    rounds: { type: "string", default: "1" },
    controls: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const isArrangement = (name: string): name is Arrangement => Object.hasOwn(arrangements, name)

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const names = (values.primary ?? Object.keys(arrangements).join(",")).split(",")
  const unknown = names.find((name) => !isArrangement(name))
  if (unknown !== undefined) {
    process.exitCode = 2
    return yield* Console.error(`--primary: there is no "${unknown}"\n\n${usage}`)
  }
  const rounds = { safe: Number(values.rounds), control: Number(values.controls ?? values.rounds) }
  const proofs: Array<Proof> = []
  for (const name of names.filter(isArrangement)) {
    for (const kind of ["safe", "control"] as const) {
      if (rounds[kind] === 0) continue
      proofs.push(yield* failovers(name, kind, rounds[kind], Number(values.seed), Console.error))
    }
  }
  yield* printProofs(proofs, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

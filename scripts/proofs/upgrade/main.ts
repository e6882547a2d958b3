// Rolls the programs of one release to the next and back under load, in every order, and looks what it cost.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { printProofs } from "../Proof.ts"
import { previousRevision, releaseHere, releaseOf } from "./Release.ts"
import { orders, summed, upgrade } from "./upgrade.ts"

const usage = `Usage: npm run upgrade-proof -- [options]

Two processes of each program of an earlier release, on a PostgreSQL and a Redis of their own, with 500 events a second.
The schema is migrated, then the programs become those of this release and those of the earlier one again, one process
after the other, in each order. In each mixture a setting is changed; in each that comes up for the first time both
passwords are rotated. Every request must be answered 2xx, and the books must balance.

  --from REV    the earlier release, as git calls it (default: the newest tag v…, else the commit before the newest
                migration); it is built in .mutt/releases, once
  --orders N    of the ${orders.length} orders (default ${orders.length}: all; 4 meet each program as the first)
  --json        print JSON instead of a table, with each order for itself
  --help        this text
`

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    orders: { type: "string", default: String(orders.length) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const old = yield* releaseOf(values.from ?? (yield* previousRevision))
  const here = yield* releaseHere
  yield* Console.error(`from ${old.revision} to what is here (${here.revision})`)
  const proofs = yield* upgrade({
    old,
    new: here,
    orders: orders.slice(0, Number(values.orders)),
    tell: (words) => Console.error(words)
  })
  yield* printProofs(values.json ? [summed(proofs), ...proofs] : [summed(proofs)], values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

// Loses PostgreSQL, Redis and both under load, restores them, and gives the commands of docs/BACKUP.md as they stand.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { printProofs } from "../Proof.ts"
import { isLoss, losses, recoveries } from "./recoveries.ts"

const usage = `Usage: npm run recovery-proof -- [options]

A stack with a large record, with base backup and WAL archive. Alerts wait and events are in the stream when a server is
lost. It is restored as docs/BACKUP.md says, and the commands of that page are given. Then the platform has every alert
that was promised, by its id; what is gone is what the page says is gone; the books balance; the audit chain is whole and
names the cut; and it took no more than a minute.

  --rows N     rows of the record (default 1000000)
  --only LIST  of these, with commas: ${Object.keys(losses).join(", ")}
  --json       figures for programs
  --help       this text
`

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const names = (values.only ?? Object.keys(losses).join(",")).split(",")
  const unknown = names.find((name) => !isLoss(name))
  if (unknown !== undefined) {
    process.exitCode = 2
    return yield* Console.error(`--only: there is no "${unknown}"\n\n${usage}`)
  }
  const proofs = yield* recoveries(names.filter(isLoss), Number(values.rows), (words) => Console.error(words))
  yield* printProofs(proofs, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

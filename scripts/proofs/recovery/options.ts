import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import type { Loss } from "./recoveries.ts"

export const losses: Readonly<Record<Loss, string>> = {
  postgres: "PostgreSQL, restored from its base backup and WAL archive",
  "redis-file": "Redis, which comes back with its file",
  "redis-replica": "Redis, whose replica is promoted",
  "redis-empty": "Redis, which comes back with nothing",
  both: "PostgreSQL and Redis"
}

export const options = script(
  "recovery-proof",
  `A stack with a large record, with base backup and WAL archive. Alerts wait and events are in the stream when a server is
lost. It is restored as docs/BACKUP.md says, and the commands of that page are given. Then the platform has every alert
that was promised, by its id; what is gone is what the page says is gone; the books balance; the audit chain is whole and
names the cut; and it took no more than a minute.`,
  {
    rows: flags.whole("rows", "Rows of the record", 1_000_000),
    only: flags.someOf("only", "What is lost, with commas; without it all of these", losses),
    json: flags.json
  }
)

// Loses PostgreSQL, Redis and both under load, restores them, and gives the commands of docs/BACKUP.md as they stand.
import { Console, Record } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { printProofs } from "../Proof.ts"
import { losses, options } from "./options.ts"
import { recoveries } from "./recoveries.ts"

runScript(options, function*({ json, only = Record.keys(losses), rows }) {
  yield* printProofs(yield* recoveries(only, rows, (words) => Console.error(words)), json)
})

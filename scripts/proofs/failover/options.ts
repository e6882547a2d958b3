import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import type { Arrangement } from "./failover.ts"

export const arrangements: Readonly<Record<Arrangement, string>> = {
  killed: "it dies",
  "cut-off": "it lives on where the programs are"
}

export const options = script(
  "failover-proof",
  `The four programs run with DB_HOSTS, a primary and a standby of PostgreSQL. Under load the way to the standby is frozen,
a second later the primary ends, and the standby is promoted. With synchronous_commit=on every event that was settled
has its row afterwards, and rows are written again within five seconds; with local, the control, some have none.`,
  {
    primary: flags.someOf("primary", "What becomes of it, with commas; without it all of these", arrangements),
    rounds: flags.whole("rounds", "Rounds of each", 1),
    controls: flags.whole("controls", "Rounds of each control (default as --rounds)", undefined, 0),
    seed: flags.whole("seed", "Of the first round; each round has its own times", 1, 0),
    json: flags.json
  }
)

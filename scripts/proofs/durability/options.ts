import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import type { Arrangement } from "./Servers.ts"

export const arrangements: Readonly<Record<Arrangement, string>> = {
  pair: "a primary and a replica that is promoted by hand",
  sentinels: "three of them watch a primary with two replicas",
  cluster: "three primaries with a replica each",
  "cut-off": "as sentinels, but the primary lives on and does not know of it",
  divided: "a replica is cut off with it: replicated:2 loses nothing, replicated does"
}

export const options = script(
  "durability-proof",
  `Under load the ways to the replicas are frozen, a second later the primary is killed, and a replica takes over: with
INGEST_DURABILITY=replicated no acknowledged event is missing, with local some are, and none is there twice. Then what
waiting costs, and what senders hear while no replica is there.`,
  {
    servers: flags.someOf("servers", "Which, with commas; without it all of these, and the rest", arrangements),
    rounds: flags.whole("rounds", "Rounds of each level", 1),
    seed: flags.whole("seed", "Of the first round; each round has its own times", 1, 0),
    seconds: flags.positive("seconds", "Seconds of each measurement of speed", 5),
    json: flags.json
  }
)

import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script(
  "conservation",
  "Injects faults into a whole stack under load and checks that no event was lost or doubled, seed after seed.",
  {
    seeds: flags.whole("seeds", "How many seeds to run", 10),
    first: flags.whole("first", "The first of them", 1, 0),
    full: flags.toggle("full", "100 s of load, PostgreSQL down for 30 s and the platform for 60 s, not 5, 2.5 and 3")
  }
)

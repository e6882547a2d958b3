import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script("api-proof", "Looks for requests by which the APIs break their own descriptions.", {
  seconds: flags.positive("seconds", "Seconds for all of it", 600),
  examples: flags.whole("examples", "Requests of each operation in one round", 50),
  quick: flags.toggle("quick", "Some of each operation, as npm test does"),
  json: flags.toggle("json", "Print one line of JSON for each API instead of text")
})

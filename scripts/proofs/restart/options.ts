import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script(
  "restart-proof",
  `Two replicas of each program, each behind a balancer that reads /readyz each second. All are restarted one after the
other, with a drain and, as a control, the ingestors and web-uis without.`,
  {
    rate: flags.whole("rate", "Requests a second", 500),
    drain: flags.whole("drain", "Seconds that programs drain", 3),
    rounds: flags.whole("rounds", "Times that each replica is restarted", 2),
    json: flags.json
  }
)

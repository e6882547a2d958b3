import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script(
  "outage-proof",
  `Two replicas of each program, five events a second, and no retries allowed. Login pages, redirects, 404, 401, resets,
half answers, garbage and slow drips take turns in the platform's place.`,
  { seconds: flags.positive("seconds", "How many seconds", 600) }
)

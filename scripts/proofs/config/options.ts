import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const proofNames = [
  "propagation",
  "repairs",
  "outage",
  "rules",
  "writers",
  "refusals",
  "reads",
  "crashes"
] as const

export const options = script(
  "config-proof",
  "Prints the figures of the dynamic settings, each of them measured on real servers.",
  {
    only: flags.some("only", "With commas; without it all of these", proofNames),
    runs: flags.whole("runs", "Kills at each step of a change, and repairs of each loss", 20),
    lanes: flags.whole("lanes", "Programs that are killed side by side", 2),
    readers: flags.whole("readers", "Processes that follow the settings", 8)
  }
)

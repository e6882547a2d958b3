import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import { ways } from "./Collector.ts"

export const options = script(
  "telemetry-proof",
  `Full load of NDJSON on two stacks by turns, one of them with MUTT_OTEL_MODE=traces: with a collector that is away, slow
(answers after 30 s), refusing (429) and fine, of each 1,000th arrival and of all. Compares throughput and memory, counts
the spans that were received and dropped, and searches passwords and texts of messages in all spans, metrics and
exemplars. First, mode off beside itself: what two equal stacks differ by.`,
  {
    seconds: flags.positive("seconds", "Seconds of load on each stack, for each of the eight", 300),
    rounds: flags.whole("rounds", "Turns of both that they are divided into", 6),
    collector: flags.some("collector", "With commas; without it all of these", ways),
    ratio: flags.ratios("ratio", "Part of the arrivals that is told", [0.001, 1]),
    control: flags.toggle("control", "Mode off beside itself, and nothing else"),
    json: flags.json
  }
)

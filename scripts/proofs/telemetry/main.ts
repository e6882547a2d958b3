// Shows what telemetry costs beside mode off, that a collector in trouble costs no more, and that no secret is told.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { printProofs, type Proof } from "../Proof.ts"
import { ways } from "./Collector.ts"
import { compare, control } from "./compare.ts"

const usage = `Usage: npm run telemetry-proof -- [options]

Full load of NDJSON on two stacks by turns, one of them with MUTT_OTEL_MODE=traces: with a collector that is away, slow
(answers after 30 s), refusing (429) and fine, of each 1,000th arrival and of all. Compares throughput and memory, counts
the spans that were received and dropped, and searches passwords and texts of messages in all spans, metrics and
exemplars. First, mode off beside itself: what two equal stacks differ by.

  --seconds N      of load on each stack, for each of the eight (default 300)
  --rounds N       turns of both that they are divided into (default 6)
  --collector WAY  ${ways.join(", ")}; again for several (default all)
  --ratio R        part of the arrivals that is told; again for several (default 0.001 and 1)
  --control        mode off beside itself, and nothing else
  --json           figures for programs
  --help           this text
`

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "300" },
    rounds: { type: "string", default: "6" },
    collector: { type: "string", multiple: true, default: [...ways] },
    ratio: { type: "string", multiple: true, default: ["0.001", "1"] },
    control: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const unknown = values.collector.filter((name) => !ways.some((way) => way === name))
  if (unknown.length > 0) {
    process.exitCode = 2
    return yield* Console.error(`There is no collector ${unknown.join(", ")}.\n\n${usage}`)
  }
  const pace = { seconds: Number(values.seconds), rounds: Number(values.rounds) }
  const proofs: Array<Proof> = []
  const show = (work: Effect.Effect<Proof, unknown>) =>
    Effect.tap(work, (proof) => {
      proofs.push(proof)
      return Console.error(`${proof.what}: ${proof.problems.length === 0 ? "holds" : proof.problems.join("; ")}`)
    })
  yield* show(control(pace))
  for (const way of values.control ? [] : ways.filter((way) => values.collector.includes(way))) {
    for (const ratio of values.ratio) yield* show(compare(way, Number(ratio), pace))
  }
  yield* printProofs(proofs, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

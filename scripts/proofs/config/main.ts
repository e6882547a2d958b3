// Prints the figures of the dynamic settings, each of them measured on real servers.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { SettingsWorldLayer } from "../../../test/services/web-ui/settingsHarness.ts"
import { steps } from "./changeSteps.ts"
import { crashes } from "./crashes.ts"
import { bareAnnouncements, percentile, propagation } from "./readers.ts"
import { reads } from "./reads.ts"
import { refusals } from "./refusals.ts"
import { losses, repairs } from "./repairs.ts"
import { outage, ruleChanges } from "./wholeStack.ts"
import { writers } from "./writers.ts"

const usage = `Usage: npm run config-proof -- [options]

  --only NAMES   of: propagation, repairs, outage, rules, writers, refusals, reads, crashes (default: all, with commas between)
  --runs N       how often the program is killed at each step of a change, and each loss is repaired (default: 20)
  --lanes N      how many programs are killed side by side (default: 2)
  --readers N    processes that follow the settings (default: 8)
  --help         this text
`

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "propagation,repairs,outage,rules,writers,refusals,reads,crashes" },
    runs: { type: "string", default: "20" },
    lanes: { type: "string", default: "2" },
    readers: { type: "string", default: "8" },
    help: { type: "boolean", default: false }
  }
})
const [runs, lanes, count] = [Number(values.runs), Number(values.lanes), Number(values.readers)]

const ms = (value: number) => Math.round(value * 10) / 10
const say = (what: string, figures: object) => Console.log(JSON.stringify({ what, ...figures }))
const times = (took: ReadonlyArray<number>) => ({
  p50: ms(percentile(took, 0.5)),
  p99: ms(percentile(took, 0.99)),
  most: ms(Math.max(...took))
})

const proofs = {
  propagation: Effect.gen(function*() {
    const took = yield* propagation(count, 1_000)
    yield* say(`PUT to ${count} processes`, { changes: took.length, ...times(took) })
    const bare = yield* bareAnnouncements(count, 1_000)
    yield* say(`a bare hash in Redis, announced to ${count} bare processes`, { changes: bare.length, ...times(bare) })
  }),
  repairs: Effect.forEach(losses, (loss) =>
    Effect.gen(function*() {
      const took = yield* repairs(loss, count, runs)
      const within1500 = took.filter((time) => time <= 1_500).length
      yield* say(`lost push, ${loss}`, { runs: took.length, within1500, ...times(took) })
    })),
  outage: Effect.flatMap(
    outage,
    (found) => say("a change while Redis is away, until all four programs run it", { ...found, ms: ms(found.ms) })
  ),
  rules: Effect.flatMap(
    ruleChanges(100),
    (took) => say("a change of a rule, until the alerter decides by it", { changes: took.length, ...times(took) })
  ),
  writers: Effect.flatMap(writers(100), (found) => say("100 writers through two processes", found)),
  refusals: Effect.flatMap(refusals(200), (found) => say("200 bad values", found)),
  reads: Effect.flatMap(reads(10_000_000), (found) => say("reads", found)),
  crashes: Effect.gen(function*() {
    const share = Math.ceil(runs / lanes)
    const all = yield* Effect.all(Array.from({ length: lanes }, () => crashes(steps, share)), {
      concurrency: "unbounded"
    })
    for (const [n, { name }] of steps.entries()) {
      const problems = all.flatMap((lane) => lane[n]?.problems ?? [])
      yield* say(`kill -9: ${name}`, { runs: share * lanes, problems })
    }
  })
}

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const wanted = values.only.split(",")
  for (const [name, proof] of Object.entries(proofs)) {
    if (wanted.includes(name)) yield* Effect.asVoid(Effect.provide(proof, SettingsWorldLayer()))
  }
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)

// Prints the figures of the dynamic settings, each of them measured on real servers.
import { Console, Effect } from "effect"
import { SettingsWorldLayer } from "../../../test/services/web-ui/settingsHarness.ts"
import { runScript } from "../../command-line/Script.ts"
import { steps } from "./changeSteps.ts"
import { crashes } from "./crashes.ts"
import { options, proofNames } from "./options.ts"
import { bareAnnouncements, percentile, propagation } from "./readers.ts"
import { reads } from "./reads.ts"
import { refusals } from "./refusals.ts"
import { losses, repairs } from "./repairs.ts"
import { outage, ruleChanges } from "./wholeStack.ts"
import { writers } from "./writers.ts"

const ms = (value: number) => Math.round(value * 10) / 10
const say = (what: string, figures: object) => Console.log(JSON.stringify({ what, ...figures }))
const times = (took: ReadonlyArray<number>) => ({
  p50: ms(percentile(took, 0.5)),
  p99: ms(percentile(took, 0.99)),
  most: ms(Math.max(...took))
})

const proofsOf = (count: number, runs: number, lanes: number) => ({
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
})

runScript(options, function*({ lanes, only, readers, runs }) {
  const proofs = proofsOf(readers, runs, lanes)
  for (const name of proofNames) {
    if (only?.includes(name) !== false) yield* Effect.asVoid(Effect.provide(proofs[name], SettingsWorldLayer()))
  }
})

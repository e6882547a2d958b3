import { Clock, Effect } from "effect"
import { type Drained, eventsOf, fill, ours, say, settings, throughputOf } from "./alerter.ts"
import { atLeast, type Bench, memoryTargets, ratio } from "./Bench.ts"
import type { Harness } from "./Harness.ts"
import { benchRules, storeRules } from "./rules.ts"
import { benchSilences, storeSilences } from "./silences.ts"
import { takeTurns } from "./turns.ts"
import { limitOf } from "./usage.ts"

export const withSilences = (harness: Harness, count: number) =>
  Effect.gen(function*() {
    yield* harness.sql(storeSilences(benchSilences(count, yield* Clock.currentTimeMillis)))
    return yield* ours(harness)
  })

const bench = (count: 1000 | 10000, least: number): Bench => ({
  name: `silences-${count}`,
  title: `Alerter with 1,000 rules and ${count.toLocaleString("en")} silences`,
  baseline: "the alerter with 1,000 rules and no silence",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* harness.configure(settings)
    yield* fill(harness, eventsOf(flow))
    yield* harness.sql(storeRules(benchRules(1_000)))
    const turns = yield* takeTurns<Drained, unknown, never>(flow, `silences-${count}`, {
      ours: withSilences(harness, count),
      bare: withSilences(harness, 0)
    }, say)
    const throughput = throughputOf(turns)
    const peak = (side: ReadonlyArray<Drained>) => Math.max(...side.map(({ memoryMb }) => memoryMb))
    const memoryMb = { alerter: peak(turns.ours), "alerter without silences": peak(turns.bare) }
    yield* harness.sql(storeSilences([]))
    return {
      figures: [throughput],
      targets: [
        atLeast("of the alerter without silences", ratio(throughput), least),
        ...memoryTargets({ alerter: memoryMb.alerter })
      ],
      memoryMb,
      limitedBy: limitOf(turns.ours.at(-1)?.shares ?? {})
    }
  })
})

export const silences1000 = bench(1_000, 0.95)
export const silences10000 = bench(10_000, 0.9)

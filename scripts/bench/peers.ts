import { Clock, Effect } from "effect"
import { type Drained, eventsOf, fill, ours, say, settings } from "./alerter.ts"
import { alertmanager, buildAlertmanager } from "./Alertmanager.ts"
import { atLeast, type Bench, type Pace, ratio } from "./Bench.ts"
import { child } from "./Child.ts"
import type { HttpLoad, HttpLoadResult } from "./load/http.ts"
import { benchRules, storeRules } from "./rules.ts"
import { benchSilences, storeSilences } from "./silences.ts"
import { takeTurns } from "./turns.ts"
import { peakMemoryMb, withUsage } from "./usage.ts"

const silences = 1_000

/** Posts alerts to Alertmanager as fast as it takes them. */
const theirs = (program: string, flow: Pace) =>
  Effect.scoped(Effect.gen(function*() {
    const { pid, port } = yield* alertmanager(program, benchSilences(silences, yield* Clock.currentTimeMillis))
    const load: HttpLoad = {
      port,
      path: "/api/v2/alerts",
      key: "",
      connections: 4,
      batch: 500,
      warmUpMs: flow.warmUpMs,
      measureMs: flow.measureMs,
      seed: 7,
      alerts: true
    }
    const generator = yield* child("load/http.ts", JSON.stringify(load))
    const [result, shares] = yield* withUsage({ Alertmanager: pid }, generator.line<HttpLoadResult>())
    return { perSecond: result.events / result.seconds, memoryMb: peakMemoryMb(pid), shares }
  }))

export const peers: Bench = {
  name: "peers",
  title: "Alerter with 1,000 rules and 1,000 silences, recorded and handed over, beside Alertmanager",
  baseline:
    "Alertmanager 0.28 with the same silences takes alerts of the same records, 500 in a request, and decides about each by itself",
  run: Effect.fnUntraced(function*(harness, flow) {
    const built = yield* Effect.result(buildAlertmanager)
    if (built._tag === "Failure") {
      yield* flow.progress(built.failure)
      return { figures: [], targets: [], memoryMb: {}, limitedBy: `not measured: ${built.failure}` }
    }
    yield* harness.configure(settings)
    yield* fill(harness, eventsOf(flow))
    yield* harness.sql(storeRules(benchRules(1_000)))
    yield* harness.sql(storeSilences(benchSilences(silences, yield* Clock.currentTimeMillis)))
    const turns = yield* takeTurns<Drained, unknown, never>(flow, "peers", {
      ours: ours(harness),
      bare: theirs(built.success, flow)
    }, say)
    yield* harness.sql(storeSilences([]))
    const throughput = {
      what: "events decided, alerts taken",
      unit: "1/s",
      ours: turns.ours.map(({ perSecond }) => perSecond),
      baseline: turns.bare.map(({ perSecond }) => perSecond)
    }
    const peak = (side: ReadonlyArray<Drained>) => Math.max(...side.map(({ memoryMb }) => memoryMb))
    return {
      figures: [throughput],
      targets: [atLeast("of Alertmanager", ratio(throughput), 1)],
      memoryMb: { alerter: peak(turns.ours), Alertmanager: peak(turns.bare) },
      limitedBy: "Alertmanager keeps alerts in memory alone; MUTT writes each event to disk twice"
    }
  })
}

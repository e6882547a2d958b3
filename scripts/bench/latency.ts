import { Effect } from "effect"
import { atMost, type Bench, type Figure, memoryTargets } from "./Bench.ts"
import { type Child, child } from "./Child.ts"
import type { LatencyLoad, LatencyResult } from "./load/latency.ts"
import { benchRules, storeRules } from "./rules.ts"
import { takeTurns } from "./turns.ts"
import { limitOf, peakMemoryMb, withUsage } from "./usage.ts"

const perSecond = 1_000
/** Every probe matches this one. */
const probeRule = {
  matchType: "contains",
  matchString: "latency probe",
  trapOid: null,
  prodHandling: "Page_and_ticket",
  priority: 500
} as const

const run = (prober: Child, load: LatencyLoad) =>
  Effect.andThen(prober.tell(JSON.stringify(load)), prober.line<LatencyResult>())

export const latency: Bench = {
  name: "latency",
  title: `From the request to the platform at ${perSecond.toLocaleString("en")} events/s, all forwarded, 1,000 rules`,
  baseline: "intake, table, two queues and delivery as three loops in one process, without rules",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* harness.configure({ moog_rate_limit: 100_000 })
    yield* harness.sql(storeRules([...benchRules(999), probeRule]))
    const prober = yield* child("load/latency.ts")
    const platform = yield* prober.line<{ readonly port: number }>()
    const forwarder = yield* harness.program("moog-forwarder", {
      MOOG_WEBHOOK_URL: `http://127.0.0.1:${platform.port}/events`
    })
    const alerter = yield* harness.program("alerter")
    const ingestor = yield* harness.program("ingestor")
    const bare = yield* child("baselines/pipeline.ts", harness.redis.url, harness.postgres.url, String(platform.port))
    const bareServer = yield* bare.line<{ readonly port: number }>()
    const load = {
      key: harness.keys.ingest,
      perSecond,
      warmUpMs: flow.warmUpMs,
      measureMs: flow.measureMs
    }
    const pids = {
      ingestor: ingestor.pid,
      alerter: alerter.pid,
      "moog-forwarder": forwarder.pid,
      Redis: harness.redis.pid,
      PostgreSQL: harness.postgres.pid,
      generator: prober.pid
    }
    // Compilers take a second or two to see what is hot, and what queues up meanwhile would be all that is measured.
    const easy = { ...load, perSecond: perSecond / 2, warmUpMs: 0, measureMs: 4_000 }
    yield* run(prober, { ...easy, port: bareServer.port, path: "/" })
    yield* run(prober, { ...easy, port: ingestor.port, path: "/api/v2/ingest" })
    const turns = yield* takeTurns(
      flow,
      "latency",
      {
        ours: withUsage(pids, run(prober, { ...load, port: ingestor.port, path: "/api/v2/ingest" })),
        bare: withUsage(pids, run(prober, { ...load, port: bareServer.port, path: "/" }))
      },
      ([{ arrived, p50Ms, p95Ms, p99Ms, sent }]) =>
        `p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, p99 ${
          p99Ms.toFixed(1)
        } ms, ${arrived} of ${sent} arrived`
    )
    const figure = (what: string, unit: string, of: (result: LatencyResult) => number): Figure => ({
      what,
      unit,
      ours: turns.ours.map(([result]) => of(result)),
      baseline: turns.bare.map(([result]) => of(result))
    })
    const memoryMb = {
      ingestor: peakMemoryMb(ingestor.pid),
      alerter: peakMemoryMb(alerter.pid),
      "moog-forwarder": peakMemoryMb(forwarder.pid)
    }
    const missing = turns.ours.map(([{ arrived, sent }]) => sent - arrived)
    return {
      figures: [
        figure("p50", "ms", ({ p50Ms }) => p50Ms),
        figure("p95", "ms", ({ p95Ms }) => p95Ms),
        figure("p99", "ms", ({ p99Ms }) => p99Ms),
        figure("longest", "ms", ({ maxMs }) => maxMs),
        figure("not arrived", "events", ({ arrived, sent }) => sent - arrived)
      ],
      targets: [atMost("not arrived", Math.max(...missing), 0), ...memoryTargets(memoryMb)],
      memoryMb,
      limitedBy: limitOf(turns.ours.at(-1)?.[1] ?? {})
    }
  })
}

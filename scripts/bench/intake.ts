import { Effect } from "effect"
import { trustAuthority } from "../../services/cli/trustAuthority.ts"
import { privateAuthority } from "../stack/PrivateAuthority.ts"
import { atLeast, atMost, type Bench, type Figure, memoryTargets, type Pace, ratio } from "./Bench.ts"
import { child } from "./Child.ts"
import type { Harness } from "./Harness.ts"
import type { HttpLoad, HttpLoadResult } from "./load/http.ts"
import { median } from "./statistics.ts"
import { takeTurns } from "./turns.ts"
import { limitOf, peakMemoryMb, type Shares, sharesText, withUsage } from "./usage.ts"

interface Shape {
  readonly connections: number
  readonly batch: number
}

interface Measured extends HttpLoadResult {
  readonly shares: Shares
}

const bareStream = "bench:{bare}"

/** One run of the generator against one server. */
const drive = (
  harness: Harness,
  flow: Pace,
  shape: Shape,
  server: { readonly name: string; readonly port: number; readonly pid: number },
  path: string,
  ca?: string
) =>
  Effect.scoped(Effect.gen(function*() {
    const load: HttpLoad = {
      port: server.port,
      path,
      key: harness.keys.ingest,
      ...shape,
      warmUpMs: flow.warmUpMs,
      measureMs: flow.measureMs,
      seed: 1,
      ...(ca === undefined ? {} : { ca })
    }
    const generator = yield* child("load/http.ts", JSON.stringify(load))
    const pids = { [server.name]: server.pid, Redis: harness.redis.pid, generator: generator.pid }
    const [result, shares] = yield* withUsage(pids, generator.line<HttpLoadResult>())
    yield* harness.forget(bareStream)
    return { ...result, shares }
  }))

/** Nobody takes from the queue here, and a bound that is reached would be measured instead of intake. */
const unbounded = (harness: Harness) =>
  harness.configure({
    max_ingest_queue_size: 100_000_000,
    max_ingest_queue_bytes: 1_000_000_000_000,
    ingest_max_rate: 10_000_000
  })

const said = ({ events, p99Ms, refused, seconds, shares }: Measured) =>
  `${Math.round(events / seconds)} events/s, p99 ${p99Ms} ms, ${refused} refused; ${sharesText(shares)}`

const measure = (harness: Harness, flow: Pace, what: string, shape: Shape) =>
  Effect.gen(function*() {
    yield* unbounded(harness)
    const ingestor = yield* harness.program("ingestor")
    const bare = yield* child("baselines/intake.ts", harness.redis.url, bareStream)
    const { port } = yield* bare.line<{ readonly port: number }>()
    const turns = yield* takeTurns<Measured, unknown, never>(flow, what, {
      ours: drive(harness, flow, shape, { name: "ingestor", ...ingestor }, "/api/v2/ingest"),
      bare: drive(harness, flow, shape, { name: "bare intake", port, pid: bare.pid }, "/")
    }, said)
    return { turns, memoryMb: { ingestor: peakMemoryMb(ingestor.pid) } }
  })

const perSecond = ({ events, seconds }: Measured) => events / seconds

const figure = (
  what: string,
  unit: string,
  turns: { readonly ours: ReadonlyArray<Measured>; readonly bare: ReadonlyArray<Measured> },
  of: (measured: Measured) => number
): Figure => ({ what, unit, ours: turns.ours.map(of), baseline: turns.bare.map(of) })

const batcher = (
  about: Pick<Bench, "name" | "title" | "baseline">,
  shape: Shape,
  targets: (throughput: Figure) => ReturnType<typeof memoryTargets>
): Bench => ({
  ...about,
  run: Effect.fnUntraced(function*(harness, flow) {
    const { memoryMb, turns } = yield* measure(harness, flow, about.name, shape)
    const throughput = figure("throughput", "events/s", turns, perSecond)
    const last = turns.ours.at(-1)
    const refusals = figure("requests not answered 200", "requests", turns, ({ refused }) => refused)
    return {
      figures: [
        throughput,
        figure("latency p50", "ms", turns, ({ p50Ms }) => p50Ms),
        figure("latency p99", "ms", turns, ({ p99Ms }) => p99Ms),
        refusals
      ],
      targets: [
        ...targets(throughput),
        atMost("requests not answered 200", Math.max(...refusals.ours), 0),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: limitOf(last?.shares ?? {})
    }
  })
})

export const intakeSingle = batcher(
  {
    name: "intake-single",
    title: "Intake, one event a request, 64 connections",
    baseline: "node:http, JSON.parse and ioredis with auto-pipelining, one XADD an event"
  },
  { connections: 64, batch: 1 },
  (throughput) => [atLeast("of the bare server", ratio(throughput), 0.7)]
)

export const intakeBatch = batcher(
  {
    name: "intake-ndjson",
    title: "Intake, NDJSON batches of 500, 8 connections",
    baseline: "node:http, split, JSON.parse and one pipeline of 500 XADD a request"
  },
  { connections: 8, batch: 500 },
  (throughput) => [
    atLeast("of the bare server", ratio(throughput), 1),
    atLeast("events/s", median(throughput.ours), 80_000)
  ]
)

export const intakeTls: Bench = {
  name: "intake-tls",
  title: "Intake over TLS, NDJSON batches of 500, 8 connections",
  baseline: "the same ingestor without TLS",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* unbounded(harness)
    const shape = { connections: 8, batch: 500 }
    const tls = privateAuthority()
    trustAuthority(tls.ca)
    const plain = yield* harness.program("ingestor")
    const secure = yield* harness.program("ingestor", { POD_NAME: "ingestor-2" }, tls)
    const path = "/api/v2/ingest"
    const turns = yield* takeTurns<Measured, unknown, never>(flow, "intake-tls", {
      ours: drive(harness, flow, shape, { name: "ingestor", ...secure }, path, tls.ca),
      bare: drive(harness, flow, shape, { name: "ingestor", ...plain }, path)
    }, said)
    const throughput = figure("throughput", "events/s", turns, perSecond)
    const refusals = figure("requests not answered 200", "requests", turns, ({ refused }) => refused)
    return {
      figures: [throughput, figure("latency p99", "ms", turns, ({ p99Ms }) => p99Ms), refusals],
      targets: [
        atLeast("of the same without TLS", ratio(throughput), 0.75),
        atMost("requests not answered 200", Math.max(...refusals.ours), 0)
      ],
      memoryMb: { ingestor: peakMemoryMb(secure.pid) },
      limitedBy: limitOf(turns.ours.at(-1)?.shares ?? {})
    }
  })
}

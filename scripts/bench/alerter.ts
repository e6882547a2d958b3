import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { queueKeys } from "../../layers/queue/keys.ts"
import { atLeast, type Bench, type Figure, memoryTargets, type Pace, ratio } from "./Bench.ts"
import { child } from "./Child.ts"
import type { Harness } from "./Harness.ts"
import type { HttpLoad, HttpLoadResult } from "./load/http.ts"
import { benchRules, storeRules } from "./rules.ts"
import { median } from "./statistics.ts"
import { takeTurns, type Turns } from "./turns.ts"
import { limitOf, peakMemoryMb, type Shares, sharesText, withUsage } from "./usage.ts"

const { books, stream } = queueKeys("mutt:{ingest}")
/** The same events for every measurement, as the ingestor wrote them, and an entry each for the bare loop. */
const stock = "bench:{ingest}:stock"
const bareStock = "bench:{ingest}:stock:bare"
const bareStream = "bench:{ingest}:bare"

export interface Drained {
  readonly perSecond: number
  readonly memoryMb: number
  readonly shares: Shares
}

const waiting = (harness: Harness) => harness.counter("waiting")
const entries = (harness: Harness, key: string) => Effect.promise(() => harness.redis.client.xlen(key))

/** The events of a stock, an entry each. */
const spread = async ({ redis: { client } }: Harness) => {
  for (let from = "-";;) {
    const page = await client.xrange(stock, from, "+", "COUNT", 100)
    if (page.length === 0) return
    const adding = client.pipeline()
    for (const [id, [, text = ""]] of page) {
      from = `(${id}`
      for (const event of text.split("\n")) adding.xadd(bareStock, "*", "e", event)
    }
    await adding.exec()
  }
}

/** Lets the real ingestor write the events that are then alerted on again and again. */
export const fill = (harness: Harness, events: number) =>
  Effect.scoped(Effect.gen(function*() {
    const { client } = harness.redis
    if ((yield* entries(harness, bareStock)) >= events) return
    yield* harness.forget(stock, bareStock)
    const ingestor = yield* harness.program("ingestor")
    const load: HttpLoad = {
      port: ingestor.port,
      path: "/api/v2/ingest",
      key: harness.keys.ingest,
      connections: 4,
      batch: 500,
      warmUpMs: 0,
      measureMs: 500,
      seed: 7
    }
    while ((yield* waiting(harness)) < events) {
      yield* Effect.scoped(
        Effect.flatMap(child("load/http.ts", JSON.stringify(load)), (generator) => generator.line<HttpLoadResult>())
      )
    }
    yield* Effect.promise(async () => {
      await client.rename(stream, stock)
      await spread(harness)
    })
  }))

/** The stock again, and nothing else: no alerts, no counts, no rows. Gives how many events it holds. */
const restock = (harness: Harness, from: string, to: string) =>
  Effect.gen(function*() {
    const { client } = harness.redis
    const events = yield* entries(harness, bareStock)
    yield* Effect.promise(async () => {
      const old = await client.keys(`${stream}*`)
      for (const key of [...old, bareStream, `${bareStream}:alerts`]) await client.unlink(key)
      await client.copy(from, to)
      await client.hset(books, "waiting", to === stream ? events : 0)
    })
    yield* harness.sql(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`TRUNCATE event_audit_log`))
    yield* harness.compact
    return events
  })

/** Waits until none is left and gives the rate, the first fifth left out. */
const drain = (left: Effect.Effect<number>, events: number) =>
  Effect.gen(function*() {
    const counted = events * 0.8
    let [from, of] = [0, 0]
    for (;;) {
      const held = yield* left
      const now = performance.now()
      if (from === 0 && held <= counted) [from, of] = [now, held]
      if (held === 0) return of / ((now - from) / 1_000)
      yield* Effect.sleep("10 millis")
    }
  })

const measured = (harness: Harness, left: Effect.Effect<number>, events: number, name: string, pid: number) =>
  Effect.gen(function*() {
    const pids = { [name]: pid, Redis: harness.redis.pid, PostgreSQL: harness.postgres.pid }
    const [perSecond, shares] = yield* withUsage(pids, drain(left, events))
    return { perSecond, shares, memoryMb: peakMemoryMb(pid) }
  })

export const ours = (harness: Harness) =>
  Effect.scoped(Effect.gen(function*() {
    const events = yield* restock(harness, stock, stream)
    const alerter = yield* harness.program("alerter")
    return yield* measured(harness, waiting(harness), events, "alerter", alerter.pid)
  }))

const bare = (harness: Harness, forwardedShare: number) =>
  Effect.scoped(Effect.gen(function*() {
    const events = yield* restock(harness, bareStock, bareStream)
    const loop = yield* child(
      "baselines/alerter.ts",
      harness.redis.url,
      harness.postgres.url,
      bareStream,
      String(forwardedShare)
    )
    yield* loop.line()
    return yield* measured(harness, entries(harness, bareStream), events, "bare loop", loop.pid)
  }))

/** Which part of the stock the rules forward, from the rows of the last run. */
const forwardedShare = (harness: Harness) =>
  harness.sql(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly share: number }>`
      SELECT avg((outcome = 'forwarded')::int)::float8 AS share FROM event_audit_log`
    return row?.share ?? 0.1
  }))

export const eventsOf = (flow: Pace) => Math.max(20_000, Math.round(flow.measureMs * 40))
/** The throughput of both, round by round. */
export const throughputOf = ({ bare, ours }: Turns<Drained>): Figure => ({
  what: "throughput",
  unit: "events/s",
  ours: ours.map(({ perSecond }) => perSecond),
  baseline: bare.map(({ perSecond }) => perSecond)
})

export const say = ({ memoryMb, perSecond, shares }: Drained) =>
  `${Math.round(perSecond)} events/s, ${Math.round(memoryMb)} MB; ${sharesText(shares)}`

/** The alerts that pile up while no forwarder runs must not make the alerter wait. */
export const settings = { alerter_queue_warn_threshold: 100_000_000, alerter_queue_shed_threshold: 100_000_000 }

export const alerterRules: Bench = {
  name: "alerter-1000",
  title: "Alerter with 1,000 rules (60 % contains, 25 % regex, 15 % OID), audit and hand-over included",
  baseline:
    "read, insert, acknowledge and hand the same share over, without rules; three batches of 1,000 at once, as ours, and no bound on memory",
  run: Effect.fnUntraced(function*(harness, flow) {
    const events = eventsOf(flow)
    yield* harness.configure(settings)
    yield* fill(harness, events)
    yield* harness.sql(storeRules(benchRules(1_000)))
    yield* ours(harness)
    const share = yield* forwardedShare(harness)
    yield* flow.progress(`the rules forward ${(share * 100).toFixed(1)} % of the events`)
    const turns = yield* takeTurns<Drained, unknown, never>(flow, "alerter-1000", {
      ours: ours(harness),
      bare: bare(harness, share)
    }, say)
    const throughput = throughputOf(turns)
    const memoryMb = { alerter: Math.max(...turns.ours.map(({ memoryMb }) => memoryMb)) }
    return {
      figures: [throughput],
      targets: [
        atLeast("of the loop without rules", ratio(throughput), 0.7),
        atLeast("events/s", median(throughput.ours), 30_000),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: limitOf(turns.ours.at(-1)?.shares ?? {})
    }
  })
}

export const alerterScale: Bench = {
  name: "alerter-10000",
  title: "Alerter with 10,000 rules of the same kinds",
  baseline: "the alerter with 1,000 rules",
  run: Effect.fnUntraced(function*(harness, flow) {
    const events = eventsOf(flow)
    yield* harness.configure(settings)
    yield* fill(harness, events)
    const withRules = (count: number) => Effect.andThen(harness.sql(storeRules(benchRules(count))), ours(harness))
    const turns = yield* takeTurns<Drained, unknown, never>(flow, "alerter-10000", {
      ours: withRules(10_000),
      bare: withRules(1_000)
    }, say)
    const throughput = throughputOf(turns)
    const memoryMb = { alerter: Math.max(...turns.ours.map(({ memoryMb }) => memoryMb)) }
    return {
      figures: [throughput],
      targets: [atLeast("of the alerter with 1,000 rules", ratio(throughput), 0.9), ...memoryTargets(memoryMb)],
      memoryMb,
      limitedBy: limitOf(turns.ours.at(-1)?.shares ?? {})
    }
  })
}

import { Effect } from "effect"
import { acknowledgeCall, byEntry } from "../../layers/queue/acknowledgeCall.ts"
import type { MetaAlerts, Outcome } from "../../layers/queue/EventQueue.ts"
import { queueKeys } from "../../layers/queue/keys.ts"
import { consumerGroup } from "../../layers/queue/limits.ts"
import { atLeast, type Bench, type Figure, memoryTargets } from "./Bench.ts"
import { child } from "./Child.ts"
import type { Harness } from "./Harness.ts"
import { median } from "./statistics.ts"
import { takeTurns } from "./turns.ts"
import { limitOf, peakMemoryMb, type Shares, sharesText, withUsage } from "./usage.ts"

const keys = queueKeys("mutt:{ingest}")
const bareStream = "bench:{ingest}:delivery"

interface Delivered {
  readonly perSecond: number
  /** Of a core that did nothing else, as the processor time says. */
  readonly perCore: number
  readonly memoryMb: number
  readonly shares: Shares
}

/** An alert as the alerter writes it. A few of each signature wait for each other. */
const alertOf = (number: number, alerts: number) => {
  const host = number % Math.ceil(alerts / 3)
  const at = new Date().toISOString()
  const id = `01920000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`
  const signature = `edge-${host}.example.net::rule-1::0123456789abcdef`
  const payload = JSON.stringify({
    id,
    correlationId: id,
    hostname: `edge-${host}.example.net`,
    environment: "prod",
    team: "NETO",
    eventTimestamp: at,
    receivedAt: at,
    decidedAt: at,
    source: "http",
    kind: "event",
    signature,
    message: `%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/${number}, changed state to down`,
    handling: "Page_and_ticket",
    ruleId: 1,
    severity: 5
  })
  return { id, signature, payload }
}

const noMetaAlerts: MetaAlerts = { threshold: 1_000, windowMs: 60_000, candidates: new Map() }

/** Does what the alerter does, by its own script. */
const handOver = (harness: Harness, alerts: number) =>
  Effect.promise(async () => {
    const { client } = harness.redis
    await client.unlink(Object.values(keys))
    await client.xgroup("CREATE", keys.stream, consumerGroup, "0", "MKSTREAM")
    for (let from = 0; from < alerts; from += 1_000) {
      const batch = Array.from({ length: Math.min(1_000, alerts - from) }, (_, index) => alertOf(from + index, alerts))
      const adding = client.pipeline()
      for (const { id } of batch) adding.xadd(keys.stream, "*", "e", id)
      const entries = (await adding.exec() ?? []).map(([, entry]) => String(entry))
      await client.xreadgroup("GROUP", consumerGroup, "bench", "COUNT", batch.length, "STREAMS", keys.stream, ">")
      const outcomes = batch.map((alert, at): Outcome => ({
        _tag: "forwarded",
        position: { entry: entries[at] ?? "", index: 0, size: 1, bytes: 0 },
        alert
      }))
      const { args, script } = acknowledgeCall(byEntry(outcomes), noMetaAlerts, false)
      await client.eval(script.lua, script.keys.length, ...script.keys.map((name) => keys[name]), ...args)
    }
  })

const append = (harness: Harness, alerts: number) =>
  Effect.promise(async () => {
    await harness.redis.client.unlink(bareStream)
    for (let from = 0; from < alerts; from += 1_000) {
      const adding = harness.redis.client.pipeline()
      for (let number = from; number < Math.min(from + 1_000, alerts); number++) {
        adding.xadd(bareStream, "*", "e", alertOf(number, alerts).payload)
      }
      await adding.exec()
    }
  })

/** Waits until nothing is left and gives the rate, the first fifth left out. */
const drain = (left: () => Promise<number>, alerts: number) =>
  Effect.promise(async () => {
    const counted = alerts * 0.8
    let from = 0
    for (;;) {
      const waiting = await left()
      const now = performance.now()
      if (from === 0 && waiting <= counted) from = now
      if (waiting === 0) return counted / ((now - from) / 1_000)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })

const measured = (harness: Harness, name: string, pid: number, draining: Effect.Effect<number>) =>
  Effect.gen(function*() {
    const [perSecond, shares] = yield* withUsage({ [name]: pid, Redis: harness.redis.pid }, draining)
    return { perSecond, perCore: perSecond / (shares[name] ?? Number.NaN), shares, memoryMb: peakMemoryMb(pid) }
  })

const ours = (harness: Harness, alerts: number, port: number) =>
  Effect.scoped(Effect.gen(function*() {
    yield* handOver(harness, alerts)
    const forwarder = yield* harness.program("moog-forwarder", { MOOG_WEBHOOK_URL: `http://127.0.0.1:${port}/events` })
    const { client } = harness.redis
    const left = async () => await client.zcard(keys.alertsDue) + await client.zcard(keys.alertsWaiting)
    return yield* measured(harness, "moog-forwarder", forwarder.pid, drain(left, alerts))
  }))

const bare = (harness: Harness, alerts: number, port: number) =>
  Effect.scoped(Effect.gen(function*() {
    yield* append(harness, alerts)
    const loop = yield* child("baselines/forwarder.ts", harness.redis.url, bareStream, String(port))
    yield* loop.line()
    return yield* measured(harness, "bare loop", loop.pid, drain(() => harness.redis.client.xlen(bareStream), alerts))
  }))

export const forwarder: Bench = {
  name: "forwarder",
  title: "Deliveries of alerts that wait, to a platform that answers at once",
  baseline:
    "read a stream, post, acknowledge and delete; no order, leases, limit or breaker; 16 requests at once, as ours",
  run: Effect.fnUntraced(function*(harness, flow) {
    const alerts = Math.max(4_000, Math.round(flow.measureMs * 3))
    yield* harness.configure({ moog_rate_limit: 100_000 })
    const platform = yield* child("load/platform.ts")
    const { port } = yield* platform.line<{ readonly port: number }>()
    const turns = yield* takeTurns<Delivered, unknown, never>(
      flow,
      "forwarder",
      {
        ours: ours(harness, alerts, port),
        bare: bare(harness, alerts, port)
      },
      ({ perCore, perSecond, shares }) =>
        `${Math.round(perSecond)} deliveries/s, ${Math.round(perCore)} a core; ${sharesText(shares)}`
    )
    const figure = (what: string, of: (delivered: Delivered) => number): Figure => ({
      what,
      unit: "deliveries/s",
      ours: turns.ours.map(of),
      baseline: turns.bare.map(of)
    })
    const perCore = figure("on a core of its own", (delivered) => delivered.perCore)
    const memoryMb = { "moog-forwarder": Math.max(...turns.ours.map(({ memoryMb }) => memoryMb)) }
    return {
      figures: [figure("throughput", ({ perSecond }) => perSecond), perCore],
      targets: [atLeast("deliveries/s of one core", median(perCore.ours), 2_000), ...memoryTargets(memoryMb)],
      memoryMb,
      limitedBy: limitOf(turns.ours.at(-1)?.shares ?? {})
    }
  })
}

import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Metric, Ref, Schedule } from "effect"
import { HttpClient } from "effect/http"
import { Instances } from "../../../layers/instances/Instances.ts"
import { Postgres, type PostgresStatus, PostgresUnavailable } from "../../../layers/postgres/Postgres.ts"
import { Books } from "../../../layers/queue/Books.ts"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { Redis, type RedisStatus } from "../../../layers/redis/Redis.ts"
import { RuleHits } from "../../../layers/rules/RuleHits.ts"
import { AlerterSettings } from "../../../services/alerter/AlerterSettings.ts"
import { Program } from "../../../services/alerter/Program.ts"
import { DeliveryRecordMemory } from "../../layers/audit/DeliveryRecordMemory.ts"
import { EventAuditMemory } from "../../layers/audit/EventAuditMemory.ts"
import { world } from "../../layers/http/harness.ts"
import { wide } from "../../layers/queue/queueDriver.ts"
import { QueueMemory } from "../../layers/queue/QueueMemory.ts"
import { RuleSourceMemory } from "../../layers/rules/RuleSourceMemory.ts"
import { SilenceSourceMemory } from "../../layers/silence/SilenceSourceMemory.ts"
import { event, ruleSet } from "./events.ts"

/** Is PostgreSQL there? */
class There extends Context.Service<There, Ref.Ref<boolean>>()("test/There") {}

const servers = Layer.unwrap(Effect.gen(function*() {
  const there = yield* Ref.make(true)
  return Layer.mergeAll(
    Layer.succeed(There, there),
    Layer.mock(Redis, {
      command: () => Effect.succeed("PONG"),
      status: Effect.succeed<RedisStatus>({
        connected: true,
        slot: "CURRENT",
        fingerprint: "0a1b2c3d",
        refused: false,
        detail: ""
      })
    }),
    Layer.mock(Postgres, {
      ping: Effect.flatMap(
        Ref.get(there),
        (yes) => yes ? Effect.void : new PostgresUnavailable({ reason: "unreachable", detail: "gone" })
      ),
      status: Effect.succeed<PostgresStatus>({ connected: true, slot: "NEXT", fingerprint: "0a1b2c3d", detail: "" })
    })
  )
}))

/** After how many idle milliseconds an event is taken over, as the queue is asked. */
class IdleMs extends Context.Service<IdleMs, Array<number>>()("test/IdleMs") {}

const QueueWatched = Layer.effect(
  EventQueue,
  Effect.gen(function*() {
    const asked = yield* IdleMs
    const queue = yield* EventQueue
    return EventQueue.of({
      ...queue,
      reclaim: (consumer, idleMs, count) =>
        Effect.suspend(() => {
          asked.push(idleMs)
          return queue.reclaim(consumer, idleMs, count)
        })
    })
  })
).pipe(Layer.provideMerge(Layer.sync(IdleMs, () => [])))

const Alerter = Program.pipe(
  Layer.provideMerge(NodeHttpServer.layerTest),
  Layer.provideMerge(Layer.mergeAll(
    QueueWatched.pipe(Layer.provideMerge(QueueMemory)),
    EventAuditMemory,
    DeliveryRecordMemory,
    RuleSourceMemory(ruleSet),
    SilenceSourceMemory(),
    Layer.mock(RuleHits, { add: () => Effect.void }),
    Layer.mock(Instances, { report: () => Effect.void, list: () => Effect.succeed({ now: 0, instances: [] }) }),
    servers,
    world("alerter"),
    Layer.succeed(AlerterSettings, { batchSize: 100, janitorTimeout: 10, janitorInterval: 2 }),
    Logger.layer([]),
    Layer.succeed(Metric.MetricRegistry, new Map())
  ))
)

const get = Effect.fnUntraced(function*(path: string) {
  const response = yield* HttpClient.get(path)
  return { status: response.status, text: yield* response.text }
})
const soon = Schedule.spaced("20 millis")

layer(Alerter, { excludeTestServices: true })("the alerter's program", (it) => {
  it.effect("is ready once it has rules, and says what it stands on", () =>
    Effect.gen(function*() {
      const { text } = yield* get("/readyz").pipe(
        Effect.filterOrFail(({ status }) => status === 200),
        Effect.retry(soon)
      )
      const { checks } = JSON.parse(text)
      assert.includeMembers(Object.keys(checks), ["redis", "postgres", "rules", "work", "delivery"])
      assert.strictEqual(checks.rules.detail, "version 1, 2 rules")
    }))

  it.effect("takes over what somebody has held for ALERTER_JANITOR_TIMEOUT", () =>
    Effect.gen(function*() {
      const asked = yield* IdleMs
      yield* Effect.sync(() => asked.length).pipe(Effect.filterOrFail((count) => count > 0), Effect.retry(soon))
      assert.deepStrictEqual([...new Set(asked)], [10_000])
    }))

  it.effect("decides about what comes in, and counts it under the names that were always there", () =>
    Effect.gen(function*() {
      const messages = ["page me", "page me too", "log me", "hello", "hello again", "hi"]
      const events = [...messages.map((message, number) => JSON.stringify(event(number, { message }))), "no event"]
      yield* (yield* EventQueue).append([{ sender: "test", events, quarantined: [] }], {
        ...wide,
        capacity: 1_000,
        rate: 1_000
      })
      const { eventsDead, forwarded, suppressed, unmatched } = yield* (yield* Books).page.pipe(
        Effect.filterOrFail((page) => page.eventsWaiting === 0),
        Effect.retry(soon)
      )
      assert.deepStrictEqual({ forwarded, suppressed, unmatched, eventsDead }, {
        forwarded: 2,
        suppressed: 1,
        unmatched: 3,
        eventsDead: 1
      })
      const { text } = yield* get("/metrics").pipe(
        Effect.filterOrFail(({ text }) => text.includes("status=\"poison\"} 1")),
        Effect.retry(soon)
      )
      const lines = text.split("\n")
      for (
        const line of [
          "mutt_alerter_events_processed_total{status=\"handled\"} 3",
          "mutt_alerter_events_processed_total{status=\"unhandled\"} 3",
          "mutt_alerter_alerts_forwarded_total 2",
          "mutt_alerter_cache_rules_count 2",
          "mutt_alerter_cache_dev_hosts_count 1",
          "mutt_alerter_cache_teams_count 1",
          "mutt_alerter_dlq_depth 1",
          "mutt_alerter_queue_depth 2",
          "mutt_alerter_processing_list_depth 0",
          "mutt_alerter_events_waiting 0"
        ]
      ) assert.include(lines, line)
      for (
        const name of [
          "mutt_alerter_processing_latency_seconds",
          "mutt_alerter_cache_reload_latency_seconds",
          "mutt_db_write_latency_ms"
        ]
      ) assert.include(text, `${name}_count`)
    }))

  it.effect("is not ready while PostgreSQL is away", () =>
    Effect.gen(function*() {
      const there = yield* There
      yield* Ref.set(there, false)
      assert.strictEqual((yield* get("/readyz")).status, 503)
      assert.strictEqual((yield* get("/healthz")).status, 200)
      yield* Ref.set(there, true)
      assert.strictEqual((yield* get("/readyz")).status, 200)
    }))
})

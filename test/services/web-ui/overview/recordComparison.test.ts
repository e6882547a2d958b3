import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Metric } from "effect"
import { EventAuditPostgres } from "../../../../layers/audit/EventAuditPostgres.ts"
import { EventQueue } from "../../../../layers/queue/EventQueue.ts"
import { queueRedis } from "../../../../layers/queue/QueueLayer.ts"
import { EventProcessor, EventProcessorLayer } from "../../../../services/alerter/pipeline.ts"
import { AcknowledgerLayer } from "../../../../services/alerter/stages/acknowledge.ts"
import { DecisionRecorderLayer } from "../../../../services/alerter/stages/record.ts"
import { RecordComparison } from "../../../../services/web-ui/overview/RecordComparison.ts"
import { look, recordDifference } from "../../../../services/web-ui/overview/RecordLook.ts"
import type { Event } from "../../../../src/domain/Event.ts"
import { DynamicConfigMemory } from "../../../layers/config/DynamicConfigMemory.ts"
import { connected, redisAdmin } from "../../../layers/connections.ts"
import { migratedDatabase, Owner } from "../../../layers/database.ts"
import { wide } from "../../../layers/queue/queueDriver.ts"
import { RuleSourceMemory } from "../../../layers/rules/RuleSourceMemory.ts"
import { redisServer } from "../../../support/servers.ts"
import { RulesAlone } from "../../alerter/activeLayers.ts"
import { event, ruleSet, uuid } from "../../alerter/events.ts"

const hourMs = 3_600_000

/** An alerter on real servers that has counted by hour for ten hours, and what compares. */
const world = Effect.gen(function*() {
  const redis = yield* redisServer()
  const links = yield* connected({ redis: { port: redis.port, username: redis.user } }, { REDIS_PASS: redis.password })
  const stores = Layer.merge(
    queueRedis("mutt:{ingest}").pipe(Layer.provide(links.redis)),
    EventAuditPostgres
  ).pipe(Layer.provideMerge(migratedDatabase()))
  const context = yield* Layer.build(
    Layer.merge(EventProcessorLayer, RecordComparison.layer).pipe(
      Layer.provide([DecisionRecorderLayer, AcknowledgerLayer, RulesAlone]),
      Layer.provide([RuleSourceMemory(ruleSet), DynamicConfigMemory({ unhandled_threshold: 1_000_000 })]),
      Layer.provideMerge(stores)
    )
  )
  const admin = yield* redisAdmin(redis)
  const thisHour = Math.floor(Date.now() / hourMs)
  yield* admin.command("HSET", "mutt:{ingest}:settled", "since", String(thisHour - 10))

  const queue = Context.get(context, EventQueue)
  let fed = 0
  const feed = (count: number, change: (number: number) => Partial<Event>) => {
    const events = Array.from({ length: count }, () => JSON.stringify(event(++fed, change(fed))))
    return queue.append([{ sender: "test", events, quarantined: [] }], wide)
  }
  const read = queue.read("one", 1_000, 0)
  const { handle } = Context.get(context, EventProcessor)
  const compare = Context.get(context, RecordComparison).compare((all) => all)
  const gauges = Effect.forEach(
    ["forwarded", "suppressed", "unmatched"],
    (outcome) => Effect.map(Metric.value(Metric.withAttributes(recordDifference, { outcome })), ({ value }) => value)
  )
  const looked = look(5).pipe(
    Effect.andThen(gauges),
    Effect.provide(context)
  )
  return { queue, feed, read, handle, compare, looked, thisHour, owner: Context.get(context, Owner) }
})

describe("the record compared with the books", () => {
  it.live("differs in nothing, whatever came when, until a row is deleted or changed", () =>
    Effect.gen(function*() {
      const { compare, feed, handle, looked, owner, queue, read, thisHour } = yield* world
      const ago = (hours: number, minutes: number) =>
        new Date((thisHour - hours) * hourMs + minutes * 60_000).toISOString()
      const messages = ["page me", "log me", "hello"]
      // Both sides of an hour in each entry of the queue, and some of this hour, which is not compared.
      yield* feed(300, (number) => ({
        message: messages[number % 3] ?? "",
        hostname: `sw${number}`,
        receivedAt: number > 290 ? ago(0, 0) : ago(2, number % 2 === 0 ? -1 : 1)
      }))
      const whole = yield* read
      yield* handle(whole.slice(0, 150), Effect.void)
      // Recorded, and its alerter died before it settled them: somebody else does it again.
      yield* handle(whole.slice(150), Effect.interrupt).pipe(Effect.exit)
      assert.isAbove((yield* owner`SELECT event_id FROM event_audit_log`).length, 290)
      const held = yield* queue.reclaim("two", 0, 1_000)
      assert.lengthOf(held, 150)
      yield* handle(held, Effect.void)

      const good = yield* compare
      assert.deepStrictEqual(good.found, [])
      assert.isAtLeast(good.hours.to - good.hours.from, 7)
      assert.deepStrictEqual(yield* looked, [0, 0, 0])

      yield* owner`DELETE FROM event_audit_log WHERE event_id = ${uuid(3)}::uuid`
      yield* owner`UPDATE event_audit_log SET outcome = 'suppressed' WHERE event_id = ${uuid(5)}::uuid`
      const bad = yield* compare
      assert.deepStrictEqual(
        bad.found.map(({ hour, outcome, rows, settled }) => [hour - thisHour, outcome, rows - settled]).sort(),
        [[-2, "forwarded", -1], [-2, "suppressed", 1], [-2, "unmatched", -1]]
      )
      assert.deepStrictEqual(yield* looked, [1, 1, 1])
    }).pipe(Effect.provide(Logger.layer([])), Effect.scoped))
})

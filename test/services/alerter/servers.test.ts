import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Logger, Schedule, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { Books, type BooksPage } from "../../../layers/queue/Books.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import { RuleHitsPostgres } from "../../../layers/rules/RuleHitsPostgres.ts"
import { EventConsumerLayer } from "../../../services/alerter/EventConsumer.ts"
import { EventProcessorLayer } from "../../../services/alerter/pipeline.ts"
import { RuleHitCounterLayer } from "../../../services/alerter/RuleHitCounter.ts"
import { AcknowledgerLayer } from "../../../services/alerter/stages/acknowledge.ts"
import { DecisionRecorderLayer } from "../../../services/alerter/stages/record.ts"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { DynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { connected, redisAdmin, staticConfig } from "../../layers/connections.ts"
import { wide } from "../../layers/queue/queueDriver.ts"
import { RuleSourceMemory } from "../../layers/rules/RuleSourceMemory.ts"
import { until } from "../../support/eventually.ts"
import { migrated } from "../../support/migrated.ts"
import { postgresServer, redisServer } from "../../support/servers.ts"
import { RulesAlone } from "./activeLayers.ts"
import { event, policy, ruleSet } from "./events.ts"

/** PostgreSQL and Redis to stop and start, a hand to feed events in, and as many alerters as a test starts. */
const makeServers = Effect.gen(function*() {
  const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer()], { concurrency: 2 })
  yield* migrated(postgres)
  const addresses = {
    redis: { port: redis.port, username: redis.user },
    postgres: { port: postgres.port, database: postgres.database }
  }
  const links = yield* connected(addresses, {
    REDIS_PASS: redis.password,
    DB_USER: postgres.user,
    DB_PASS: postgres.password
  })
  const world = (instance: string) =>
    Layer.mergeAll(
      queueRedis("mutt:{ingest}").pipe(Layer.provide(links.redis)),
      EventAuditPostgres.pipe(Layer.provide(links.postgres)),
      RuleSourceMemory(ruleSet),
      DynamicConfigMemory({ unhandled_threshold: 1_000_000 }),
      Layer.succeed(Environment, { ...staticConfig(addresses), instance })
    ).pipe(Layer.fresh)
  const hits = RuleHitsPostgres.pipe(Layer.provide(links.postgres))
  const hand = yield* Layer.build(world("hand"))
  const alerter = Effect.fnUntraced(function*(instance: string) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const layer = EventConsumerLayer({ batchSize: 50, reclaimIdleMs: 1_000, reclaimEveryMs: 200 }).pipe(
      Layer.provide(EventProcessorLayer),
      Layer.provide([
        DecisionRecorderLayer,
        AcknowledgerLayer,
        RulesAlone,
        RuleHitCounterLayer.pipe(Layer.provide(hits))
      ]),
      Layer.provide(world(instance))
    )
    yield* Layer.buildWithScope(layer, scope)
    return Scope.close(scope, Exit.void)
  })
  let fed = 0
  const feed = (count: number, change: (number: number) => Partial<Event> = () => ({})) => {
    const events = Array.from({ length: count }, () => JSON.stringify(event(++fed, change(fed))))
    return Context.get(hand, EventQueue).append(
      [{ sender: "test", events, quarantined: [] }],
      wide
    )
  }
  const books = Context.get(hand, Books).page
  const settled = books.pipe(
    Effect.filterOrFail((page) => page.eventsWaiting === 0),
    Effect.retry(Schedule.spaced("50 millis"))
  )
  const admin = yield* redisAdmin(redis)
  /** Entries of the stream that an alerter holds. */
  const inHand = Effect.map(
    admin.command("XPENDING", "mutt:{ingest}", "alerter"),
    (summary) => Array.isArray(summary) ? Number(summary[0]) : 0
  )
  /** Hits of the rule, as the database has them. */
  const hitsOf = (rule: number) =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ hits: number }>`SELECT coalesce(sum(forwarded + suppressed), 0)::int AS hits
        FROM rule_hits WHERE rule_id = ${rule}`
      return row?.hits
    }).pipe(Effect.provide(links.postgres))
  return { hitsOf, postgres, redis, alerter, feed, books, settled, hand, inHand }
}).pipe(Effect.provide(Logger.layer([])))

const outcomes = ({ eventsDead, forwarded, suppressed, unmatched }: BooksPage) => ({
  forwarded,
  suppressed,
  unmatched,
  eventsDead
})
const mixed = (number: number): Partial<Event> => ({
  message: number % 4 === 0 ? `page me ${number}` : number % 4 === 1 ? "log me" : "hello",
  hostname: `sw${number % 7}`
})

describe("an alerter with real servers", () => {
  it.live("loses nothing and does nothing twice while PostgreSQL is away and Redis restarts", () =>
    Effect.gen(function*() {
      const { alerter, feed, hand, inHand, postgres, redis, settled } = yield* makeServers
      yield* Effect.all([alerter("one"), alerter("two")])
      yield* feed(400, mixed)
      yield* postgres.stop
      yield* feed(400, mixed)
      yield* until(inHand, (entries) => entries > 0)
      yield* redis.stop
      yield* redis.start
      yield* postgres.start
      yield* Effect.retry(feed(400, mixed), Schedule.spaced("200 millis"))
      const page = yield* settled
      assert.deepStrictEqual(outcomes(page), { forwarded: 300, suppressed: 300, unmatched: 600, eventsDead: 0 })
      assert.strictEqual(page.alertsWaiting, 300)
      const { rows } = yield* Context.get(hand, EventAudit).search({ limit: 5_000 })
      assert.strictEqual(rows.length, 1_200)
      assert.strictEqual(rows.filter(({ outcome }) => outcome === "forwarded").length, 300)
    }).pipe(Effect.provide(Logger.layer([]))))

  it.live("lets one refused event go, and none of its neighbours", () =>
    Effect.gen(function*() {
      const { alerter, feed, hand, settled } = yield* makeServers
      yield* feed(200, (number) => (number === 77 ? { id: "not-a-uuid" } : { message: "page me" }))
      yield* alerter("one")
      assert.deepStrictEqual(outcomes(yield* settled), { forwarded: 199, suppressed: 0, unmatched: 0, eventsDead: 1 })
      const [letter] = yield* Context.get(hand, DeadLetters).list("events", 10)
      assert.strictEqual(letter?.reason, "refused_by_database")
      assert.match(letter?.detail ?? "", /invalid input syntax for type uuid/)
      assert.strictEqual(JSON.parse(letter?.payload ?? "{}").id, "not-a-uuid")
      assert.strictEqual(letter?.attempts.length, 1)
    }).pipe(Effect.provide(Logger.layer([]))))

  it.live("takes over what another one read and never settled", () =>
    Effect.gen(function*() {
      const { alerter, feed, hand, settled } = yield* makeServers
      for (const count of [70, 50]) yield* feed(count, () => ({ message: "page me" }))
      assert.strictEqual((yield* Context.get(hand, EventQueue).read("dead", 70, 0)).length, 70)
      yield* alerter("living")
      const page = yield* settled
      assert.deepStrictEqual(outcomes(page), { forwarded: 120, suppressed: 0, unmatched: 0, eventsDead: 0 })
    }).pipe(Effect.provide(Logger.layer([]))))

  it.live("counts hits of rules once, also those that a killed one recorded and did not settle", () =>
    Effect.gen(function*() {
      const { alerter, feed, hand, hitsOf, settled } = yield* makeServers
      yield* feed(70, () => ({ message: "page me" }))
      const read = yield* Context.get(hand, EventQueue).read("killed", 70, 0)
      const decoded = read.map(({ payload }) => decodeEvent(payload)).filter((one) => typeof one !== "string")
      yield* Context.get(hand, EventAudit).record(decoded.map((event) => ({
        event,
        raw: JSON.stringify(event),
        decision: policy.decide(event)
      })))
      yield* feed(50, () => ({ message: "log me" }))
      const stop = yield* alerter("living")
      assert.deepStrictEqual(outcomes(yield* settled), { forwarded: 70, suppressed: 50, unmatched: 0, eventsDead: 0 })
      yield* stop
      // The hits that the killed one had counted were lost with it.
      assert.deepStrictEqual([yield* hitsOf(1), yield* hitsOf(2)], [0, 50])
    }).pipe(Effect.provide(Logger.layer([]))))

  it.live("leaves nothing in hand when it stops under load", () =>
    Effect.gen(function*() {
      const { alerter, books, feed, hand } = yield* makeServers
      yield* feed(5_000, mixed)
      const stop = yield* alerter("one")
      yield* Effect.retry(
        books.pipe(Effect.filterOrFail((page) => page.forwarded > 0)),
        Schedule.spaced("5 millis")
      )
      yield* stop
      assert.deepStrictEqual(yield* Context.get(hand, EventQueue).reclaim("heir", 0, 5_000), [])
      const page = yield* books
      assert.strictEqual(page.forwarded + page.suppressed + page.unmatched + page.eventsWaiting, 5_000)
    }).pipe(Effect.provide(Logger.layer([]))))
})

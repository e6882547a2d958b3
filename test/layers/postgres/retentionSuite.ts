import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Metric, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { ConfigStore } from "../../../layers/config/ConfigStore.ts"
import { ConfigStorePostgres } from "../../../layers/config/ConfigStorePostgres.ts"
import { detailOf } from "../../../layers/postgres/PostgresConnection.ts"
import { duration, enforceRetention } from "../../../layers/postgres/retention.ts"
import { EventArchiver } from "../../../services/web-ui/retention/EventArchiver.ts"
import { RetentionLayer } from "../../../services/web-ui/retention/RetentionLayer.ts"
import { makeDynamicConfigMemory } from "../config/DynamicConfigMemory.ts"
import { migratedServer, Owner } from "../database.ts"

const partition = Effect.fnUntraced(function*(month: string, next: string) {
  const owner = yield* Owner
  const name = `event_audit_log_${month.slice(0, 7).replace("-", "_")}`
  yield* owner.unsafe(`CREATE TABLE IF NOT EXISTS ${name} PARTITION OF event_audit_log
    FOR VALUES FROM ('${month} 00:00+00') TO ('${next} 00:00+00')`)
  return name
})

/** Rows with this time of their own, recorded so long ago. */
const events = (count: number, at: string, recordedDaysAgo: number) =>
  Effect.flatMap(
    Owner,
    (owner) =>
      owner`INSERT INTO event_audit_log (event_id, event_timestamp, received_at, recorded_at, hostname, correlation_id, outcome, environment,
        team_assignment, reason, raw_message)
      SELECT gen_random_uuid(), ${at}::text::timestamptz, now(), now() - make_interval(days => ${recordedDaysAgo}::int), 'h', 'c',
        'unmatched', 'prod', '', '', '{}' FROM generate_series(1, ${count}::int)`
  )

const rows = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql<{ name: string; n: number }>`SELECT tableoid::regclass::text AS name, count(*)::int AS n
    FROM event_audit_log GROUP BY 1`
).pipe(
  Effect.map((all) => Object.fromEntries(all.map(({ n, name }) => [name, n])))
)

const exists = (name: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => Effect.map(sql`SELECT 1 WHERE to_regclass(${name}::text) IS NOT NULL`, (found) => found.length === 1)
  )

const request = (key: string, age: string) =>
  Effect.flatMap(Owner, (owner) =>
    Effect.andThen(
      owner`INSERT INTO config_requests (idempotency_key, request_hash, version, made_at)
        VALUES (${key}, 'h', 1, now() - ${age}::text::interval)`,
      owner`INSERT INTO api_requests (caller, idempotency_key, method, path, body_hash, made_at)
        VALUES ('root', ${key}, 'PUT', '/', repeat('0', 64), now() - ${age}::text::interval)`
    ))

const requests = Effect.flatMap(
  Owner,
  (owner) =>
    Effect.map(
      owner<{ key: string }>`SELECT idempotency_key AS key FROM config_requests
        UNION ALL SELECT idempotency_key FROM api_requests`,
      (all) => all.map(({ key }) => key)
    )
)

/** The days below which the owner lets nobody go. */
const floor = (days: number) => Effect.flatMap(Owner, (owner) => owner`UPDATE retention_floor SET days = ${days}`)

const eventually = <E, R>(condition: Effect.Effect<boolean, E, R>) =>
  condition.pipe(
    Effect.filterOrFail((holds) => holds, () => "not yet"),
    Effect.retry(Schedule.spaced("20 millis"))
  )

/** How old records are let go of, by the programs' own role. */
export const retentionSuite = (version: number) => {
  const ledger = ConfigStorePostgres.pipe(
    Layer.provide(ConfigAuditPostgres),
    Layer.provideMerge(migratedServer(version))
  )
  layer(ledger, { excludeTestServices: true })(`retention in PostgreSQL ${version}`, (it) => {
    it.effect("drops partitions that are past as a whole, and rows of odd times that were recorded before", () =>
      Effect.gen(function*() {
        const long = yield* partition("2020-01-01", "2020-02-01")
        const now = new Date()
        const name = yield* partition(
          new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 3, 1)).toISOString().slice(0, 10),
          new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1)).toISOString().slice(0, 10)
        )
        const inside = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 3, 1)).toISOString()
        const keepDays = Math.ceil((now.getTime() - Date.parse(inside)) / 86_400_000)
        yield* events(7, "2020-01-31T23:59:59Z", 0)
        yield* events(3, inside, 80)
        yield* events(12_000, "2999-01-01T00:00:00Z", keepDays + 1)
        yield* events(5, "1970-01-01T00:00:00Z", 80)
        yield* events(2, now.toISOString(), 0)
        yield* request("old", "25 hours")
        yield* request("new", "23 hours")

        assert.deepStrictEqual(yield* enforceRetention(keepDays), {
          partitions: [long],
          events: 12_007,
          requests: 2,
          deliveries: 0,
          hits: 0,
          silences: 0
        })
        assert.isFalse(yield* exists(long))
        const left = yield* rows
        assert.strictEqual(left[name], 3)
        assert.strictEqual(left["event_audit_log_default"], 5)
        assert.deepStrictEqual(yield* requests, ["new", "new"])
        assert.deepStrictEqual(yield* enforceRetention(keepDays), {
          partitions: [],
          events: 0,
          requests: 0,
          deliveries: 0,
          hits: 0,
          silences: 0
        })

        yield* events(1, "1970-01-01T00:00:00Z", keepDays + 1)
        assert.deepStrictEqual(yield* enforceRetention(keepDays), {
          partitions: [],
          events: 1,
          requests: 0,
          deliveries: 0,
          hits: 0,
          silences: 0
        })
        // Seconds of these runs, and none since 1970.
        assert.isBelow((yield* Metric.value(duration)).sum, 86_400)
      }))

    it.effect("lets go of hits of rules with the events, and of none before the owner does", () =>
      Effect.gen(function*() {
        const owner = yield* Owner
        yield* owner`INSERT INTO rule_hits (rule_id, hour, forwarded, suppressed, last_hit)
          SELECT 1, date_trunc('hour', now()) - make_interval(days => days), 1, 0, now()
          FROM generate_series(0, 100, 10) AS days`
        assert.strictEqual((yield* enforceRetention(45)).hits, 6)
        const left = yield* owner`SELECT hour FROM rule_hits`
        assert.lengthOf(left, 5)
        const sql = yield* SqlClient.SqlClient
        yield* floor(20)
        yield* Effect.flip(sql`SELECT apply_hit_retention(10, 5)`)
        yield* Effect.flip(sql`DELETE FROM rule_hits`)
        yield* floor(1)
        assert.lengthOf(yield* owner`SELECT hour FROM rule_hits`, 5)
      }))

    it.effect("keeps a partition until its last day is past, and no longer", () =>
      Effect.gen(function*() {
        const now = new Date()
        const month = (back: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)
        const day = (at: number) => new Date(at).toISOString().slice(0, 10)
        const name = yield* partition(day(month(14)), day(month(13)))
        yield* events(2, new Date(month(13) - 1_000).toISOString(), 0)
        // A minute for the test, so that it may run at midnight.
        const days = Math.ceil((now.getTime() + 60_000 - month(13)) / 86_400_000)
        assert.deepInclude(yield* enforceRetention(days), { partitions: [], events: 0 })
        assert.strictEqual((yield* rows)[name], 2)
        assert.deepInclude(yield* enforceRetention(days - 2), { partitions: [name], events: 2 })
      }))

    it.effect("loses nothing when several do it at once while others write", () =>
      Effect.gen(function*() {
        yield* partition("2019-01-01", "2019-02-01")
        yield* partition("2019-02-01", "2019-03-01")
        yield* events(10, "2019-01-10T00:00:00Z", 0)
        yield* events(10, "2019-02-10T00:00:00Z", 0)
        const before = Object.values(yield* rows).reduce((sum, n) => sum + n, 0)
        const writing = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 50 }), () => events(1, new Date().toISOString(), 0))
        )
        const runs = yield* Effect.all([1, 2, 3].map(() => enforceRetention(2_000)), { concurrency: 3 })
        yield* Fiber.join(writing)
        assert.strictEqual(runs.reduce((sum, run) => sum + run.events, 0), 20)
        assert.strictEqual(runs.flatMap((run) => run.partitions).length, 2)
        assert.strictEqual(Object.values(yield* rows).reduce((sum, n) => sum + n, 0), before - 20 + 50)
      }))

    it.effect("keeps the last day, whoever asks", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const before = yield* rows
        yield* Effect.flip(enforceRetention(0))
        yield* Effect.flip(sql`SELECT * FROM apply_event_retention(NULL, 10)`)
        assert.deepStrictEqual(yield* rows, before)
        // A day is the least that may be kept, where the owner does not say more.
        yield* floor(1)
        yield* enforceRetention(1)
        yield* floor(30)
        assert.strictEqual((yield* rows)["event_audit_log_default"], undefined)
      }))

    it.effect("keeps as many days as the owner said, whoever asks", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const name = yield* partition("2017-01-01", "2017-02-01")
        for (const days of [1, 29]) {
          const error = yield* Effect.flip(sql`SELECT * FROM apply_event_retention(${days}::int, 10)`)
          assert.include(detailOf(error), "events are kept for 30 days at least")
        }
        assert.strictEqual(
          (yield* Effect.flip(sql`UPDATE retention_floor SET days = 1`)).reason._tag,
          "AuthorizationError"
        )
        yield* floor(60)
        yield* Effect.flip(sql`SELECT * FROM apply_event_retention(59, 10)`)
        assert.isTrue(yield* exists(name))
        assert.deepInclude(yield* enforceRetention(60), { partitions: [name] })
        yield* floor(30)
      }))

    it.effect("does not make those who write wait for long, and is done when the table is free again", () =>
      Effect.gen(function*() {
        const owner = yield* Owner
        const name = yield* partition("2018-01-01", "2018-02-01")
        yield* owner`LOCK TABLE event_audit_log IN ACCESS SHARE MODE`.pipe(
          Effect.andThen(Effect.flip(enforceRetention(2_000))),
          Effect.tap((error) => Effect.sync(() => assert.strictEqual(error.reason._tag, "LockTimeoutError"))),
          owner.withTransaction
        )
        assert.deepInclude(yield* enforceRetention(2_000), { partitions: [name] })
      }))

    it.effect("goes by the ledger and not by settings that were never heard of, and follows a change at once", () =>
      Effect.gen(function*() {
        const change = (days: number) =>
          ConfigStore.use((ledger) =>
            ledger.change(new Map([["event_retention_days", days]]), {
              actor: "noc",
              reason: null,
              correlationId: "c"
            })
          )
        const january = new Date(Date.UTC(new Date().getUTCFullYear() - 2, 0, 1)).toISOString().slice(0, 10)
        const february = new Date(Date.UTC(new Date().getUTCFullYear() - 2, 1, 1)).toISOString().slice(0, 10)
        const name = yield* partition(january, february)
        yield* request("older", "2 days")
        yield* change(3_650)
        const config = yield* makeDynamicConfigMemory({ event_retention_days: 1 })
        const said: Array<unknown> = []
        const log = Logger.layer([Logger.make(({ message }) => void said.push(message))])
        yield* Layer.build(RetentionLayer.pipe(
          Layer.provide([config.layer, log, Layer.mock(EventArchiver, { archive: () => Effect.void })])
        ))
        yield* eventually(Effect.map(requests, (keys) => !keys.includes("older")))
        yield* eventually(Effect.sync(() => said.length === 1))
        assert.deepStrictEqual(said.flat(), ["Old records were let go."])
        assert.isTrue(yield* exists(name))

        // The owner wants more than the setting that is there already.
        const years = 365 * 4
        yield* floor(years)
        yield* request("older still", "2 days")
        yield* config.set({ event_retention_days: 40 })
        yield* eventually(Effect.map(requests, (keys) => !keys.includes("older still")))
        assert.isTrue(yield* exists(name))
        yield* floor(30)

        yield* change(30)
        yield* config.set({ event_retention_days: 30 })
        yield* eventually(Effect.map(exists(name), (there) => !there))
      }))
  })
}

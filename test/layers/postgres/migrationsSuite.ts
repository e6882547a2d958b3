import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { migrate } from "../../../layers/postgres/migrate.ts"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { seedSamples } from "../../../layers/postgres/samples.ts"
import { PartitionsLayer } from "../../../services/web-ui/retention/PartitionsLayer.ts"
import { type PostgresServer, postgresServer } from "../../support/servers.ts"
import { connected } from "../connections.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/MigrationServer") {}

/** A fresh database and a client of it. */
const database = Effect.gen(function*() {
  const server = yield* Server
  const name = yield* server.newDatabase
  const connect = connected(
    { postgres: { port: server.port, database: name } },
    { DB_USER: server.owner.user, DB_PASS: server.owner.password }
  ).pipe(
    Effect.flatMap(({ postgres }) => Layer.build(postgres)),
    Effect.flatMap((context) => Effect.provide(SqlClient.SqlClient, context))
  )
  return { connect, sql: yield* connect }
})

const migrated = Effect.gen(function*() {
  const { sql } = yield* database
  yield* Effect.provideService(migrate, SqlClient.SqlClient, sql)
  return sql
})

const event = (at: string, id = "0190a0b0-0000-7000-8000-000000000001") => ({
  event_id: id,
  event_timestamp: at,
  received_at: at,
  hostname: "router1",
  correlation_id: "c",
  outcome: "unmatched",
  environment: "prod",
  team_assignment: "",
  reason: "",
  raw_message: "{}"
})

const partitionOf = (sql: SqlClient.SqlClient) =>
  sql<{ name: string; at: Date }>`SELECT tableoid::regclass::text AS name, event_timestamp AS at FROM event_audit_log`

/** The start of a day, so many days from today. */
const dayAt = (offset: number) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + offset)).toISOString()
}
const dayName = (offset: number) => `event_audit_log_${dayAt(offset).slice(0, 10).replaceAll("-", "_")}`
/** From yesterday to a week ahead. */
const days = [-1, 0, 1, 2, 3, 4, 5, 6, 7]

export const migrationsSuite = (version: number) => {
  const world = Layer.mergeAll(Layer.effect(Server, postgresServer({ version })), Logger.layer([]))
  layer(world, { excludeTestServices: true })(`Migrations on PostgreSQL ${version}`, (it) => {
    it.effect("make everything once, and nothing the second time", () =>
      Effect.gen(function*() {
        const { sql } = yield* database
        const run = Effect.provideService(migrate, SqlClient.SqlClient, sql)
        const first = yield* run
        assert.include(first.done, "0001_rules")
        assert.strictEqual(first.partitionsMade, days.length)
        yield* sql`INSERT INTO development_hosts VALUES ('kept')`
        assert.deepStrictEqual(yield* run, { done: [], partitionsMade: 0, indexesBuilt: 0 })
        assert.strictEqual((yield* sql`SELECT * FROM development_hosts`).length, 1)
      }))

    it.effect("may be run by many at once: each is done once and nobody fails", () =>
      Effect.gen(function*() {
        const { connect } = yield* database
        const runs = yield* Effect.forEach(
          Array.from({ length: 6 }),
          () => Effect.flatMap(connect, (sql) => Effect.provideService(migrate, SqlClient.SqlClient, sql)),
          { concurrency: "unbounded" }
        )
        const done = runs.flatMap((run) => run.done)
        assert.strictEqual(new Set(done).size, done.length)
        assert.isAtLeast(done.length, 3)
        assert.strictEqual(runs.reduce((sum, run) => sum + run.partitionsMade, 0), days.length)
      }))

    it.effect("leave a partition for each day from yesterday to a week ahead, and a place for every other time", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        const names = yield* sql<{ name: string }>`SELECT inhrelid::regclass::text AS name FROM pg_inherits
          WHERE inhparent = 'event_audit_log'::regclass ORDER BY 1`
        const wanted = ["event_audit_log_default", ...days.map(dayName)].sort()
        assert.deepStrictEqual(names.map(({ name }) => name).sort(), wanted)
        for (const at of ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59.999Z", new Date().toISOString()]) {
          yield* sql`INSERT INTO event_audit_log ${sql.insert(event(at))}`
        }
        const places = (yield* partitionOf(sql)).map(({ name }) => name).sort()
        assert.deepStrictEqual(places, ["event_audit_log_default", "event_audit_log_default", dayName(0)].sort())
      }))

    it.effect("move rows of a new day out of the default partition", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        yield* sql.unsafe(`DROP TABLE ${dayName(2)}`)
        const at = dayAt(2)
        yield* sql`INSERT INTO event_audit_log ${sql.insert(event(at))}`
        assert.deepStrictEqual((yield* partitionOf(sql)).map(({ name }) => name), ["event_audit_log_default"])
        assert.strictEqual(yield* ensurePartitions(sql), 1)
        assert.deepStrictEqual((yield* partitionOf(sql)).map(({ name }) => name), [dayName(2)])
        const again = yield* Effect.flip(sql`INSERT INTO event_audit_log ${sql.insert(event(at))}`)
        assert.strictEqual(again.reason._tag, "UniqueViolation")
      }))

    it.effect("make partitions while rows are written, and lose none", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        yield* sql.unsafe(`DROP TABLE ${dayName(0)}, ${dayName(1)}`)
        const ids = Array.from({ length: 300 }, (_, i) => `0190a0b0-0000-7000-8000-${String(i).padStart(12, "0")}`)
        const at = new Date().toISOString()
        yield* Effect.all([
          Effect.forEach(ids, (id) => sql`INSERT INTO event_audit_log ${sql.insert(event(at, id))}`, {
            concurrency: 4
          }),
          Effect.forEach([1, 2, 3], () => ensurePartitions(sql), { concurrency: 3 })
        ], { concurrency: 2 })
        const rows = yield* partitionOf(sql)
        assert.strictEqual(rows.length, ids.length)
        assert.deepStrictEqual([...new Set(rows.map(({ name }) => name))], [dayName(0)])
      }))

    it.effect("are followed by a loop that makes what is missing", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        yield* sql.unsafe(`DROP TABLE ${dayName(3)}`)
        yield* Layer.build(PartitionsLayer.pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, sql))))
        yield* sql.unsafe(`SELECT 1 FROM ${dayName(3)}`).pipe(Effect.retry(Schedule.spaced("20 millis")))
      }))

    it.effect("refuse what no rule may be", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        const good = {
          match_type: "contains",
          match_string: "x",
          trap_oid: null,
          syslog_severity: null,
          prod_handling: "Ignore",
          dev_handling: "Ignore",
          team_assignment: "NetOps"
        }
        yield* sql`INSERT INTO alert_rules ${sql.insert(good)}`
        for (
          const bad of [
            { match_type: "like" },
            { match_string: null },
            { match_type: "oid_prefix" },
            { prod_handling: "page" },
            { dev_handling: "" },
            { syslog_severity: 8 },
            { match_string: "x".repeat(1_025) }
          ]
        ) {
          yield* Effect.flip(sql`INSERT INTO alert_rules ${sql.insert({ ...good, ...bad })}`)
        }
        yield* Effect.flip(sql`INSERT INTO device_teams VALUES ('Router1', 'NetOps')`)
        yield* Effect.flip(sql`INSERT INTO development_hosts VALUES ('DEV')`)
      }))

    it.effect("raise the version of the rules with every change, whoever makes it", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        const version = Effect.map(sql<{ v: number }>`SELECT version::int AS v FROM rules_version`, ([row]) =>
          row?.v ?? 0)
        let last = yield* version
        for (
          const change of [
            "INSERT INTO development_hosts VALUES ('a'), ('b')",
            "UPDATE development_hosts SET hostname = 'c' WHERE hostname = 'a'",
            "DELETE FROM development_hosts",
            "INSERT INTO device_teams VALUES ('r', 'x')",
            "TRUNCATE device_teams"
          ]
        ) {
          yield* sql.unsafe(change)
          const now = yield* version
          assert.isAbove(now, last, change)
          last = now
        }
        yield* Effect.flip(sql`INSERT INTO rules_version (version) VALUES (1)`)
      }))

    it.effect("keep the record of changes append-only", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        yield* sql`SELECT append_audit_link('noc', 'CREATE', 'alert_rules', '7', NULL, NULL, NULL, NULL)`
        for (
          const change of [
            "UPDATE config_audit_log SET changed_by = 'nobody'",
            "DELETE FROM config_audit_log",
            "TRUNCATE config_audit_log"
          ]
        ) {
          const error = yield* Effect.flip(sql.unsafe(change))
          assert.strictEqual(error.reason._tag, "AuthorizationError", change)
        }
        assert.strictEqual((yield* sql`SELECT id FROM config_audit_log`).length, 1)
      }))

    it.effect("seed samples into empty tables only", () =>
      Effect.gen(function*() {
        const sql = yield* migrated
        const seed = Effect.provideService(seedSamples, SqlClient.SqlClient, sql)
        yield* sql`INSERT INTO development_hosts VALUES ('mine')`
        const counts = yield* Effect.all([seed, seed], { concurrency: 2 })
        assert.isAbove(Math.max(...counts), 15)
        assert.strictEqual(Math.min(...counts), 0)
        assert.deepStrictEqual(yield* sql`SELECT hostname FROM development_hosts`, [{ hostname: "mine" }])
      }))
  })
}

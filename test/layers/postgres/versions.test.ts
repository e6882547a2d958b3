import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Logger, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { schemaCheck } from "../../../layers/http/HealthCheck.ts"
import { grantRights } from "../../../layers/postgres/grants.ts"
import { migrate, migrateWith, newestMigration } from "../../../layers/postgres/migrate.ts"
import { contract, expand, type Migrations } from "../../../layers/postgres/Migration.ts"
import { migrations, schemaSpan, schemaSpanOf } from "../../../layers/postgres/migrationList.ts"
import { declarePartitionIndex } from "../../../layers/postgres/partitionIndex.ts"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { planMigrations } from "../../../layers/postgres/planMigrations.ts"
import { SchemaWanted } from "../../../layers/postgres/SchemaGuard.ts"
import { pgClient } from "../../support/pgClient.ts"
import { type PostgresServer, postgresServer } from "../../support/servers.ts"
import { connected } from "../connections.ts"

class Server extends Context.Service<Server, PostgresServer>()("test/VersionsServer") {}

/** A database of its own, and who may connect to it. */
const database = Effect.gen(function*() {
  const server = yield* Server
  const name = yield* server.newDatabase
  const client = (account: { readonly user: string; readonly password: string }) =>
    Effect.map(
      Layer.build(pgClient({ ...server, database: name, ...account })),
      (context) => Context.get(context, SqlClient.SqlClient)
    )
  const owner = yield* client(server.owner)
  const asOwner = Effect.provideService(SqlClient.SqlClient, owner)
  return { server, name, owner, asOwner, another: client(server.owner) }
})

const until = (id: number): Migrations =>
  Object.fromEntries(Object.entries(migrations).filter(([name]) => Number.parseInt(name) <= id))

/**
 * All that a schema consists of, but for what its migrations were called and when they were done, and for partitions:
 * an old database has months.
 */
const shapeOf = (sql: SqlClient.SqlClient) =>
  sql`SELECT
    (SELECT json_agg(concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull) ORDER BY relname, attnum)
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'i') AND NOT relispartition AND attnum > 0) AS columns,
    (SELECT json_agg(pg_get_functiondef(oid) ORDER BY oid::regprocedure::text)
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS functions,
    (SELECT json_agg(pg_get_triggerdef(oid) ORDER BY pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal) AS triggers`

layer(Layer.mergeAll(Layer.effect(Server, postgresServer()), Logger.layer([])), { excludeTestServices: true })(
  "Versions side by side",
  (it) => {
    it.effect("a database of every earlier migration is brought up to date, and is then as a new one", () =>
      Effect.gen(function*() {
        const [old, fresh] = [yield* database, yield* database]
        for (let id = 2; id <= schemaSpan.knows; id++) {
          const { done } = yield* old.asOwner(migrateWith({ migrations: until(id) }))
          assert.lengthOf(done, id === 2 ? 2 : 1)
        }
        yield* fresh.asOwner(migrate)
        assert.deepStrictEqual(yield* shapeOf(old.owner), yield* shapeOf(fresh.owner))
      }))

    it.effect("a program waits for the schema that it needs, says so, and goes on by itself", () =>
      Effect.gen(function*() {
        const { asOwner, name, owner, server } = yield* database
        yield* asOwner(migrateWith({ migrations: until(20) }))
        yield* owner.unsafe(`GRANT SELECT, INSERT ON alert_rules TO ${server.user}`)
        const program = Effect.gen(function*() {
          const { postgres } = yield* connected(
            { postgres: { port: server.port, database: name } },
            { DB_USER: server.user, DB_PASS: server.password }
          )
          const context = yield* Layer.build(
            Layer.fresh(postgres).pipe(Layer.provide(Layer.succeed(SchemaWanted, schemaSpan)))
          )
          const { check } = yield* Effect.provide(schemaCheck, context)
          return { check, sql: Context.get(context, SqlClient.SqlClient) }
        })
        const { check, sql } = yield* program
        const waits =
          `the schema is older than migration ${schemaSpan.needs}, which this program needs: run mutt migrate`
        assert.deepStrictEqual(yield* check, { state: "down", detail: waits })
        const { reason } = yield* Effect.flip(sql`SELECT 1 FROM alert_rules`)
        assert.deepInclude(reason, { _tag: "ConnectionError", message: waits })

        yield* asOwner(migrate)
        yield* sql`SELECT 1 FROM alert_rules`.pipe(Effect.retry(Schedule.spaced("20 millis")))
        assert.deepInclude(yield* check, { state: "ok", detail: `migration ${schemaSpan.knows}` })

        // A list of migrations that can be read, and is too short.
        yield* owner`DELETE FROM schema_migrations WHERE migration_id > 19`
        const again = yield* (yield* program).check
        const short = `the schema is at migration 19 and this program needs ${schemaSpan.needs}: run mutt migrate`
        assert.deepStrictEqual(again, { state: "down", detail: short })
      }))

    it.effect("what takes something away is left while an older program runs, and is done when none does", () =>
      Effect.gen(function*() {
        const { asOwner, name, owner, server } = yield* database
        yield* asOwner(migrate)
        yield* asOwner(grantRights(server.user))
        const later: Migrations = {
          ...migrations,
          "0901_adds": expand(owner`CREATE TABLE added (n int)`),
          "0902_takes_away": contract("3.1.0", owner`DROP TABLE saved_views`),
          "0903_adds_more": expand(owner`CREATE TABLE more (n int)`)
        }
        assert.deepStrictEqual(schemaSpanOf(later), { needs: 903, knows: 903 })
        const running = [{ instance: "alerter-1", version: "3.1.0" }, { instance: "web-ui-1", version: "3.0.4" }]
        const left = yield* asOwner(migrateWith({ migrations: later, running: Effect.succeed(running) }))
        assert.deepStrictEqual(left.done, ["0901_adds"])
        assert.include(left.left, "0902_takes_away takes something away that programs before 3.1.0 need")
        assert.include(left.left, "web-ui-1 (3.0.4)")
        assert.notInclude(left.left, "alerter-1")
        const unseen = Effect.fail({ detail: "Redis does not answer" })
        assert.include(
          (yield* asOwner(migrateWith({ migrations: later, running: unseen }))).left,
          "who runs cannot be seen: Redis does not answer"
        )
        yield* owner`SELECT 1 FROM saved_views`

        const all = running.slice(0, 1)
        const done = yield* asOwner(migrateWith({ migrations: later, running: Effect.succeed(all) }))
        assert.deepStrictEqual(done.done, ["0902_takes_away", "0903_adds_more"])
        assert.isUndefined(done.left)

        // A program of before, started on it, does nothing there.
        const { postgres } = yield* connected(
          { postgres: { port: server.port, database: name } },
          { DB_USER: server.user, DB_PASS: server.password }
        )
        const context = yield* Layer.build(postgres.pipe(Layer.provide(Layer.succeed(SchemaWanted, schemaSpan))))
        const { check } = yield* Effect.provide(schemaCheck, context)
        const detail = "the schema is for programs from 3.1.0 on, and this one is 0.0.0: start a newer one"
        assert.deepStrictEqual(yield* check, { state: "down", detail })
        assert.strictEqual(
          (yield* Effect.flip(Context.get(context, SqlClient.SqlClient)`SELECT 1`)).reason.message,
          detail
        )
      }))

    it.effect("what is forced all the same is in the audit chain, with its reason and those who ran", () =>
      Effect.gen(function*() {
        const { asOwner, owner } = yield* database
        yield* asOwner(migrate)
        const later = { ...migrations, "0901_takes_away": contract("3.1.0", owner`DROP TABLE saved_views`) }
        const running = Effect.succeed([{ instance: "web-ui-1", version: "3.0.4" }])
        const { done } = yield* asOwner(migrateWith({ migrations: later, running, force: "it hangs" }))
        assert.deepStrictEqual(done, ["0901_takes_away"])
        const rows = yield* owner`SELECT record_id, new_values, reason FROM config_audit_log`
        assert.deepStrictEqual(rows, [{
          record_id: "0901_takes_away",
          new_values: { forced: true, running: "web-ui-1 (3.0.4)" },
          reason: "it hangs"
        }])
      }))

    it.effect("a plan names each statement and what it locks, and changes nothing", () =>
      Effect.gen(function*() {
        const { asOwner, owner } = yield* database
        const all = yield* asOwner(planMigrations())
        assert.deepStrictEqual(all.map(({ name }) => name), Object.keys(migrations))
        assert.strictEqual(yield* asOwner(newestMigration), 0)

        yield* asOwner(migrateWith({ migrations: until(20) }))
        const index = { name: "event_audit_log_by_host", table: "event_audit_log", definition: "USING hash (hostname)" }
        const planned = yield* asOwner(planMigrations({
          ...migrations,
          "0901_adds": expand(Effect.andThen(addsColumn, declarePartitionIndex(index)), [index])
        }))
        const [compat, adds] = [planned[0], planned.at(-1)]
        assert.deepInclude(compat, { name: "0021_schema_compat", kind: "expand" })
        assert.match(compat?.statements[0]?.sql ?? "", /^CREATE TABLE schema_compat \(\n  migration int/)
        assert.deepStrictEqual(adds?.statements.slice(0, 2), [
          { sql: "ALTER TABLE alert_rules ADD COLUMN later int", locks: ["ACCESS EXCLUSIVE alert_rules"] },
          {
            sql: "CREATE INDEX event_audit_log_by_host ON ONLY event_audit_log USING hash (hostname)",
            locks: ["SHARE event_audit_log"]
          }
        ])
        const built = adds?.statements.slice(2) ?? []
        // Two for each of nine days and the partition for any other time.
        assert.lengthOf(built, 20)
        assert.match(
          built[0]?.sql ?? "",
          /^CREATE INDEX CONCURRENTLY \w+ ON event_audit_log_default USING hash \(hostname\)$/
        )
        assert.deepStrictEqual(built[0]?.locks, ["SHARE UPDATE EXCLUSIVE event_audit_log_default"])
        assert.match(built[1]?.sql ?? "", /^ALTER INDEX event_audit_log_by_host ATTACH PARTITION \w+$/)

        assert.strictEqual(yield* asOwner(newestMigration), 20)
        assert.deepStrictEqual(yield* owner`SELECT nspname FROM pg_namespace WHERE nspname LIKE '%plan%'`, [])
        yield* asOwner(migrate)
        assert.deepStrictEqual(yield* asOwner(planMigrations()), [])
      }))

    it.effect("a migration waits two seconds for a lock, holds nobody up longer, and tries again", () =>
      Effect.gen(function*() {
        const { another, asOwner, owner } = yield* database
        yield* asOwner(migrate)
        const later = { ...migrations, "0901_adds": expand(owner`SELECT 1`), "0902_adds": expand(addsColumn) }
        const said: Array<unknown> = []
        const first = yield* Deferred.make<void>()
        const log = Logger.layer([Logger.make(({ message }) => {
          said.push(message)
          if (String(message).includes("not free")) Deferred.doneUnsafe(first, Effect.void)
        })])
        const reader = yield* another
        const run = yield* Effect.gen(function*() {
          yield* reader`SELECT * FROM alert_rules`
          const run = yield* Effect.forkChild(
            asOwner(migrateWith({ migrations: later })).pipe(Effect.provide(log)),
            { startImmediately: true }
          )
          yield* Deferred.await(first)
          // Who comes meanwhile is served: the migration does not wait at the head of the line.
          yield* owner`SELECT * FROM alert_rules`
          return run
        }).pipe(reader.withTransaction)
        assert.deepStrictEqual((yield* Fiber.join(run)).done, ["0901_adds", "0902_adds"])
      }))

    it.effect("an index is built on one partition after the other, by many at once, also after being cut short", () =>
      Effect.gen(function*() {
        const { another, asOwner, owner } = yield* database
        // The one for any other time is not counted among those that were made.
        const partitions = (yield* asOwner(migrate)).partitionsMade + 1
        const index = { name: "event_audit_log_by_host", table: "event_audit_log", definition: "USING hash (hostname)" }
        const later = { ...migrations, "0901_index": expand(declarePartitionIndex(index), [index]) }
        // As a run leaves it that was killed: declared, one partition begun and not finished.
        yield* asOwner(
          migrateWith({ migrations: { ...migrations, "0901_index": expand(declarePartitionIndex(index)) } })
        )
        const [child] = yield* owner<{ name: string }>`SELECT left(${index.name}::text, 36) || '_' ||
          substr(md5('event_audit_log_default'), 1, 12) || '_idx' AS name`
        yield* owner.unsafe(`CREATE INDEX ${child?.name} ON event_audit_log_default (reason)`)
        yield* Effect.flatMap(Server, ({ adminUrl }) => invalidate(adminUrl, owner, child?.name ?? ""))

        const runs = yield* Effect.forEach(
          [1, 2, 3],
          () =>
            Effect.flatMap(
              another,
              (sql) => Effect.provideService(migrateWith({ migrations: later }), SqlClient.SqlClient, sql)
            ),
          { concurrency: 3 }
        )
        assert.strictEqual(runs.reduce((sum, { indexesBuilt }) => sum + indexesBuilt, 0), partitions)
        yield* owner.unsafe("DROP TABLE " + (yield* newestPartition(owner)))
        yield* ensurePartitions(owner)
        const covered =
          yield* owner`SELECT indisvalid, indrelid::regclass::text, pg_get_indexdef(indexrelid) LIKE '%hash%' AS hash
          FROM pg_index WHERE indexrelid IN (
            SELECT inhrelid FROM pg_inherits WHERE inhparent = ${index.name}::text::regclass
            UNION SELECT ${index.name}::text::regclass)`
        assert.lengthOf(covered, partitions + 1)
        assert.isTrue(covered.every(({ hash, indisvalid }) => hash === true && indisvalid === true))
      }))
  }
)

const addsColumn = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`ALTER TABLE alert_rules ADD COLUMN later int`)

const newestPartition = (sql: SqlClient.SqlClient) =>
  sql<{ name: string }>`SELECT max(relname) AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'event_audit_log'::regclass AND relname <> 'event_audit_log_default'`.pipe(
    Effect.map(([row]) => row?.name ?? "")
  )

/** Makes an index look as one whose building was cut short. */
const invalidate = Effect.fnUntraced(function*(adminUrl: string, owner: SqlClient.SqlClient, index: string) {
  const [{ name } = { name: "" }] = yield* owner<{ name: string }>`SELECT current_database() AS name`
  const url = new URL(adminUrl)
  url.pathname = name
  const admin = yield* Layer.build(PgClient.layer({ url: Redacted.make(url.href) }))
  yield* Context.get(
    admin,
    SqlClient.SqlClient
  )`UPDATE pg_index SET indisvalid = false WHERE indexrelid = ${index}::text::regclass`
})

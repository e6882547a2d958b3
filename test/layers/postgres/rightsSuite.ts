import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { functionRights, grantRights, tableRights } from "../../../layers/postgres/grants.ts"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { detailOf } from "../../../layers/postgres/PostgresConnection.ts"
import { rightsHeld, rightsNamed, wideRights } from "../../../layers/postgres/wideRights.ts"
import { record } from "../audit/eventAuditSuite.ts"
import { migratedServer, Owner } from "../database.ts"

const refused = Effect.fnUntraced(function*(statement: string) {
  const sql = yield* SqlClient.SqlClient
  const error = yield* Effect.flip(sql.unsafe(statement))
  assert.strictEqual(error.reason._tag, "AuthorizationError", statement)
})

/** What the programs' role may not do. That it may do what programs need, their own suites show: they run as that role. */
export const rightsSuite = (version: number) =>
  layer(migratedServer(version), { excludeTestServices: true })(
    `the programs' role in PostgreSQL ${version}`,
    (it) => {
      it.effect("can change or remove no record, and reaches no partition of them", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* (yield* Effect.provide(EventAudit, EventAuditPostgres)).record([record(1)])
          const partitions = yield* sql<{ name: string }>`SELECT inhrelid::regclass::text AS name FROM pg_inherits
            WHERE inhparent = 'event_audit_log'::regclass`
          assert.isAbove(partitions.length, 5)
          const records = ["config_audit_log", "event_audit_log", "config_revisions"]
          for (const table of [...records, ...partitions.map(({ name }) => name)]) {
            const [column] = yield* sql<{ name: string }>`SELECT attname AS name FROM pg_attribute
              WHERE attrelid = ${table}::text::regclass AND attnum = 1`
            yield* refused(`UPDATE ${table} SET ${column?.name} = DEFAULT`)
            yield* refused(`DELETE FROM ${table}`)
            yield* refused(`TRUNCATE ${table}`)
            yield* refused(`DROP TABLE ${table}`)
            yield* refused(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)
          }
          for (const { name } of partitions) {
            yield* refused(`SELECT * FROM ${name}`)
            yield* refused(`INSERT INTO ${name} DEFAULT VALUES`)
          }
          assert.lengthOf(yield* sql`SELECT * FROM event_audit_log`, 1)
        }))

      it.effect("can make no table, and rewrite no function", () =>
        Effect.gen(function*() {
          yield* refused("CREATE TABLE mine (n int)")
          yield* refused("ALTER FUNCTION refuse_audit_change() RENAME TO gone")
          yield* refused("UPDATE rules_version SET version = 0")
          yield* refused("DELETE FROM alert_rules")
          yield* refused("DELETE FROM audit_chain_head")
          yield* refused("DELETE FROM config_ledger")
        }))

      it.effect("has the rights that are written down, and no table is forgotten there", () =>
        Effect.gen(function*() {
          const { creates, functions, owner, rights } = yield* rightsHeld
          const written = Object.entries(tableRights).flatMap(([table, one]) => rightsNamed(table, one))
          assert.deepStrictEqual([...rights].sort(), written.sort())
          const names = functionRights.map((signature) => signature.replace(/\(.*/, ""))
          assert.deepStrictEqual(functions.map((name) => name.replace(/\(.*/, "")).sort(), names)
          assert.deepStrictEqual([owner, creates], [false, false])
          assert.deepStrictEqual(yield* wideRights, [])
        }))

      it.effect("is told when it has more, and that is taken away again", () =>
        Effect.gen(function*() {
          const owner = yield* Owner
          yield* owner.unsafe(`GRANT INSERT, UPDATE (reason) ON config_audit_log TO mutt_app`)
          yield* owner.unsafe(`GRANT EXECUTE ON FUNCTION advance_chain_head() TO mutt_app`)
          assert.deepStrictEqual(yield* wideRights, [
            "INSERT config_audit_log",
            "UPDATE config_audit_log.reason",
            "EXECUTE advance_chain_head()"
          ])
          assert.lengthOf(yield* Effect.provideService(wideRights, SqlClient.SqlClient, owner), 1)
          yield* owner.unsafe(`REVOKE EXECUTE ON FUNCTION advance_chain_head() FROM mutt_app`)
          yield* Effect.provideService(grantRights("mutt_app"), SqlClient.SqlClient, owner)
          assert.deepStrictEqual(yield* wideRights, [])
        }))

      it.effect("can have partitions made for a month ahead, and no more of them", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          for (const days of ["-1", "32", "100000", "NULL"]) {
            const error = yield* Effect.flip(sql.unsafe(`SELECT ensure_event_partitions(${days})`))
            assert.include(detailOf(error), "0 to 31 days ahead")
          }
          const [row] = yield* sql<{ made: number }>`SELECT ensure_event_partitions(31) AS made`
          assert.strictEqual(row?.made, 24)
        }))

      it.effect("has partitions made by their owner, also where another table of that name is in its way", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* Effect.gen(function*() {
            yield* sql`CREATE TEMP TABLE event_audit_log (n int)`
            yield* sql`SET LOCAL search_path = pg_temp, public`
            assert.strictEqual(yield* ensurePartitions(sql), 0)
            const [row] =
              yield* sql`SELECT proowner::regrole::text AS owner FROM pg_proc WHERE proname = 'ensure_event_partitions'`
            assert.deepStrictEqual(row, { owner: "mutt_owner" })
          }).pipe(sql.withTransaction)
        }))
    }
  )

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { tableRights } from "../../../layers/postgres/grants.ts"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { record } from "../audit/eventAuditSuite.ts"
import { migratedDatabase } from "../database.ts"

const refused = Effect.fnUntraced(function*(statement: string) {
  const sql = yield* SqlClient.SqlClient
  const error = yield* Effect.flip(sql.unsafe(statement))
  assert.strictEqual(error.reason._tag, "AuthorizationError", statement)
})

/** What the programs' role may not do. That it may do what programs need, their own suites show: they run as that role. */
export const rightsSuite = (version: number) =>
  layer(migratedDatabase(version), { excludeTestServices: true })(
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
          const sql = yield* SqlClient.SqlClient
          const rows = yield* sql<{ name: string; rights: string | null }>`
            SELECT relname AS name, (SELECT string_agg(word, ', ' ORDER BY place)
              FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS it (word, place)
              WHERE has_table_privilege(pg_class.oid, word)) AS rights
            FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`
          assert.deepStrictEqual(Object.fromEntries(rows.map(({ name, rights }) => [name, rights])), tableRights)
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

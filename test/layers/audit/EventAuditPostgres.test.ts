import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { EventLookupPostgres } from "../../../layers/audit/EventLookupPostgres.ts"
import { EventReaderPostgres } from "../../../layers/audit/EventReaderPostgres.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { eventAuditSuite, record } from "./eventAuditSuite.ts"
import { eventReaderSuite } from "./eventReaderSuite.ts"

const audit = (version?: number, as?: "owner") =>
  Layer.mergeAll(EventAuditPostgres, EventLookupPostgres, EventReaderPostgres).pipe(
    Layer.provideMerge(migratedDatabase(version, as))
  )

onEachPostgres((version) => eventAuditSuite(`record of events in PostgreSQL ${version}`, audit(version)))
onEachPostgres((version) => eventReaderSuite(`reading of events in PostgreSQL ${version}`, audit(version)))

layer(audit(undefined, "owner"), { excludeTestServices: true })("a batch", (it) => {
  it.effect("of a thousand events is one statement", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE statements (n int)`
      yield* sql`CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO statements VALUES (1); RETURN NULL; END'`
      yield* sql`CREATE TRIGGER note AFTER INSERT ON event_audit_log FOR EACH STATEMENT EXECUTE FUNCTION note()`
      yield* (yield* EventAudit).record(Array.from({ length: 1000 }, (_, index) => record(index)))
      const [row] =
        yield* sql`SELECT (SELECT count(*)::int FROM statements) AS statements, (SELECT count(*)::int FROM event_audit_log) AS rows`
      assert.deepStrictEqual(row, { statements: 1, rows: 1000 })
    }))

  it.effect("is listed by time and not by the text of it, so that a page comes from an index however many events there are", () =>
    Effect.gen(function*() {
      const audit = yield* EventAudit
      const { event, ...rest } = record(1)
      const timestamp = "12026-01-01T00:00:00.000Z"
      yield* audit.record([record(2), { ...rest, event: { ...event, timestamp } }])
      const { rows } = yield* audit.search({ limit: 1 })
      assert.deepStrictEqual(rows.map((row) => row.event_timestamp), [timestamp])
    }))

  it.effect("fails as unavailable when the table is away, so that nobody takes the events for poison", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`ALTER TABLE event_audit_log RENAME TO away`
      const failure = yield* Effect.flip((yield* EventAudit).record([record(1)]))
      assert.strictEqual(failure.reason, "unavailable")
    }))
})

import { Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { withinBytes } from "../../src/logic/withinBytes.ts"
import { ConfigAudit, type ConfigAuditDraft, ConfigAuditFailed, type ConfigAuditQuery } from "./ConfigAudit.ts"

const Values = Schema.NullOr(Schema.Record(Schema.String, Schema.Json))

const Row = Schema.Struct({
  id: Schema.FiniteFromString,
  changed_at: Schema.Date,
  changed_by: Schema.String,
  operation: Schema.Literals(["CREATE", "UPDATE", "DELETE"]),
  table_name: Schema.String,
  record_id: Schema.String,
  old_values: Values,
  new_values: Values,
  reason: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  writer: Schema.NullOr(Schema.String)
})

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/**
 * `config_audit_log`. Each row is a link of the audit chain; the database places it there and refuses to change or lose
 * it.
 */
export const ConfigAuditPostgres = Layer.effect(
  ConfigAudit,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const record = Effect.fn("ConfigAudit.record")(
      (draft: ConfigAuditDraft) =>
        sql`SELECT append_audit_link(${draft.changedBy}, ${draft.operation}, ${draft.tableName}, ${draft.recordId},
          ${text(draft.oldValues)}::text::jsonb, ${text(draft.newValues)}::text::jsonb, ${draft.reason},
          ${draft.correlationId})`,
      Effect.asVoid,
      Effect.mapError(unavailable)
    )

    const search = Effect.fn("ConfigAudit.search")(function*(query: ConfigAuditQuery) {
      if (query.cursor !== undefined && !/^[0-9]{1,18}$/.test(query.cursor)) {
        return yield* new ConfigAuditFailed({ reason: "query", detail: "The cursor cannot be read." })
      }
      const found = yield* sql`SELECT id::text, changed_at, changed_by, operation, table_name, record_id, old_values,
          new_values, reason, correlation_id, writer
        FROM config_audit_log WHERE ${sql.and(conditions(sql, query))}
        ORDER BY config_audit_log.id DESC LIMIT ${query.limit + 1}`.pipe(
        Effect.flatMap(decodeRows),
        Effect.catchTag("SchemaError", Effect.die),
        Effect.mapError(unavailable)
      )
      const page = found.slice(0, query.limit).map((row) => ({
        id: row.id,
        changedAt: row.changed_at.toISOString(),
        changedBy: row.changed_by,
        operation: row.operation,
        tableName: row.table_name,
        recordId: row.record_id,
        oldValues: row.old_values,
        newValues: row.new_values,
        reason: row.reason,
        correlationId: row.correlation_id,
        writer: row.writer
      }))
      const rows = withinBytes(page, query.maxBytes ?? Number.POSITIVE_INFINITY)
      const last = rows.at(-1)
      return found.length > rows.length && last !== undefined ? { rows, nextCursor: String(last.id) } : { rows }
    })

    return ConfigAudit.of({ record, search })
  })
)

const text = (values: ConfigAuditDraft["oldValues"]) => (values === null ? null : JSON.stringify(values))

const conditions = (sql: SqlClient.SqlClient, query: ConfigAuditQuery) => [
  sql`true`,
  ...(query.cursor === undefined ? [] : [sql`id < ${query.cursor}::text::bigint`]),
  ...(query.changedBy === undefined ? [] : [sql`strpos(lower(changed_by), ${query.changedBy.toLowerCase()}) > 0`]),
  ...(query.operation === undefined ? [] : [sql`operation = ${query.operation}`]),
  ...(query.tableName === undefined ? [] : [sql`table_name = ${query.tableName}`]),
  ...(query.recordId === undefined ? [] : [sql`record_id = ${query.recordId}`]),
  ...(query.correlationId === undefined ? [] : [sql`correlation_id = ${query.correlationId}`]),
  ...(query.from === undefined ? [] : [sql`changed_at >= ${query.from}::text::timestamptz`]),
  ...(query.to === undefined ? [] : [sql`changed_at <= ${query.to}::text::timestamptz`])
]

const unavailable = (error: SqlError.SqlError) =>
  new ConfigAuditFailed({ reason: "unavailable", detail: error.reason._tag })

import { Array as Arr, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { AuditedChange, AuditedValues } from "../../src/domain/ChainEntry.ts"
import { pageOf } from "../../src/logic/withinBytes.ts"
import { decodeLinks, linkColumns } from "./auditColumns.ts"
import { ConfigAudit, ConfigAuditFailed, type ConfigAuditQuery } from "./ConfigAudit.ts"

/** Writes `config_audit_log`. The database places each row as a link of the chain, and refuses updates and deletes. */
export const ConfigAuditPostgres = Layer.effect(
  ConfigAudit,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const record = Effect.fn("ConfigAudit.record")(
      (change: AuditedChange) =>
        sql`SELECT append_audit_link(${change.actor}, ${change.operation}, ${change.table}, ${change.key},
          ${text(change.before)}::text::jsonb, ${text(change.after)}::text::jsonb, ${change.reason},
          ${change.correlationId})`,
      Effect.asVoid,
      Effect.mapError(unavailable)
    )

    const recordAll = Effect.fn("ConfigAudit.recordAll")(
      (changes: ReadonlyArray<AuditedChange>) =>
        Effect.forEach(
          Arr.chunksOf(changes, most),
          (some) =>
            sql`SELECT count(append_audit_link(actor, operation, "table", key, before, after, reason, "correlationId"))
              FROM json_to_recordset(${JSON.stringify(some)}::text::json) AS change (actor text, operation text,
                "table" text, key text, before jsonb, after jsonb, reason text, "correlationId" text)`,
          { discard: true }
        ),
      Effect.mapError(unavailable)
    )

    const search = Effect.fn("ConfigAudit.search")(function*(query: ConfigAuditQuery) {
      if (query.cursor !== undefined && !/^[0-9]{1,18}$/.test(query.cursor)) {
        return yield* new ConfigAuditFailed({ reason: "query", detail: "The cursor cannot be read." })
      }
      const found = yield* sql`SELECT ${sql.literal(linkColumns)} FROM config_audit_log
        WHERE ${sql.and(conditions(sql, query))}
        ORDER BY config_audit_log.id DESC LIMIT ${query.limit + 1}`.pipe(Effect.mapError(unavailable))
      // Rows are measured under the database's names, which the API answers with.
      const { nextCursor, rows } = pageOf(found, query, ({ id }) => String(id))
      return { rows: yield* Effect.orDie(decodeLinks(rows)), nextCursor }
    })

    return ConfigAudit.of({ record, recordAll, search })
  })
)

/** Links that one statement appends at most. */
const most = 500

const text = (values: AuditedValues | null) => (values === null ? null : JSON.stringify(values))

const conditions = (sql: SqlClient.SqlClient, query: ConfigAuditQuery) => [
  sql`true`,
  ...(query.cursor === undefined ? [] : [sql`id < ${query.cursor}::text::bigint`]),
  ...(query.actor === undefined ? [] : [sql`strpos(lower(changed_by), ${query.actor.toLowerCase()}) > 0`]),
  ...(query.operation === undefined ? [] : [sql`operation = ${query.operation}`]),
  ...(query.table === undefined ? [] : [sql`table_name = ${query.table}`]),
  ...(query.key === undefined ? [] : [sql`record_id = ${query.key}`]),
  ...(query.correlationId === undefined ? [] : [sql`correlation_id = ${query.correlationId}`]),
  ...(query.from === undefined ? [] : [sql`changed_at >= ${query.from}::text::timestamptz`]),
  ...(query.to === undefined ? [] : [sql`changed_at <= ${query.to}::text::timestamptz`])
]

const unavailable = (error: SqlError.SqlError) =>
  new ConfigAuditFailed({ reason: "unavailable", detail: error.reason._tag })

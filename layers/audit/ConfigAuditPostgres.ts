import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { AuditedChange, AuditedValues } from "../../src/domain/ChainEntry.ts"
import { link } from "../../src/logic/auditChain.ts"
import { pageOf } from "../../src/logic/withinBytes.ts"
import { inTransaction } from "../postgres/inTransaction.ts"
import { decodeEntries, entryColumns } from "./auditColumns.ts"
import { ConfigAudit, ConfigAuditFailed, type ConfigAuditQuery } from "./ConfigAudit.ts"

const decodeHead = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ id: Schema.FiniteFromString, entry_hash: Schema.String })])
)

/** Writes `config_audit_log`, which refuses updates and deletes; each row is a link of the audit chain. */
export const ConfigAuditPostgres = Layer.effect(
  ConfigAudit,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const record = Effect.fn("ConfigAudit.record")(
      function*(change: AuditedChange) {
        const [head] = yield* sql`SELECT id::text, entry_hash FROM audit_chain_head FOR UPDATE`.pipe(
          Effect.flatMap(decodeHead)
        )
        const at = DateTime.formatIso(yield* DateTime.now)
        const entry = link({ seq: head.id, entryHash: head.entry_hash }, { ...change, at })
        yield* sql`WITH head AS (
            UPDATE audit_chain_head SET id = ${entry.seq}, entry_hash = ${entry.entryHash}
          )
          INSERT INTO config_audit_log
          (id, changed_at, changed_by, operation, table_name, record_id, old_values, new_values, reason, correlation_id,
            previous_hash, entry_hash)
          VALUES (${entry.seq}, ${entry.at}::text::timestamptz, ${entry.actor}, ${entry.operation}, ${entry.table},
            ${entry.key}, ${text(entry.before)}::text::jsonb, ${text(entry.after)}::text::jsonb, ${entry.reason},
            ${entry.correlationId}, ${entry.previousHash}, ${entry.entryHash})`
      },
      inTransaction(sql),
      Effect.catchTag("SchemaError", Effect.die),
      Effect.mapError(unavailable)
    )

    const search = Effect.fn("ConfigAudit.search")(function*(query: ConfigAuditQuery) {
      if (query.cursor !== undefined && !/^[0-9]{1,18}$/.test(query.cursor)) {
        return yield* new ConfigAuditFailed({ reason: "query", detail: "The cursor cannot be read." })
      }
      const found = yield* sql`SELECT ${sql.literal(entryColumns)} FROM config_audit_log
        WHERE ${sql.and(conditions(sql, query))}
        ORDER BY config_audit_log.id DESC LIMIT ${query.limit + 1}`.pipe(Effect.mapError(unavailable))
      // Rows are measured under the database's names, which the API answers with.
      const { nextCursor, rows } = pageOf(found, query, ({ id }) => String(id))
      return { rows: yield* Effect.orDie(decodeEntries(rows)), nextCursor }
    })

    return ConfigAudit.of({ record, search })
  })
)

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

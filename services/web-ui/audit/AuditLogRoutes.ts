import { Effect, Stream } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { ConfigAudit, type ConfigAuditRow } from "../../../layers/audit/ConfigAudit.ts"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { Invalid, type Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { jsonBytes } from "../../../src/logic/withinBytes.ts"
import { unavailable } from "../http/changeAuthor.ts"
import { notUnderstood, paged, type PagedQuery, timeOf } from "../http/paging.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

const operations = ["CREATE", "UPDATE", "DELETE"] as const

const operationOf = (text: string | undefined) => {
  if (text === undefined || text === "") return Effect.succeed(undefined)
  const found = operations.find((operation) => operation === text.toUpperCase())
  const message = `Is one of ${operations.join(", ")}.`
  return found === undefined
    ? Effect.fail(new Invalid({ detail: `operation: ${message}`, errors: [{ field: "operation", message }] }))
    : Effect.succeed(found)
}

interface ConfigQuery extends PagedQuery {
  readonly changed_by?: string
  readonly operation?: string
  readonly table_name?: string
  readonly record_id?: string
  readonly correlation_id?: string
  readonly start_date?: string
  readonly end_date?: string
}

export const AuditLogsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "auditLogs",
  Effect.fn(function*(handlers) {
    const events = yield* EventAudit
    const changes = yield* ConfigAudit
    const chain = yield* AuditChain
    const { pageMaxBytes } = yield* WebUiSettings
    const eventsUnreachable = unavailable("event audit")
    const changesUnreachable = unavailable("configuration audit")

    const configPage = Effect.fnUntraced(function*(query: ConfigQuery) {
      const operation = yield* operationOf(query.operation)
      const from = yield* timeOf("start_date", query.start_date)
      const to = yield* timeOf("end_date", query.end_date)
      return yield* paged(query, (limit, cursor) =>
        changes.search({
          limit,
          maxBytes: pageMaxBytes,
          cursor,
          operation,
          from,
          to,
          changedBy: query.changed_by,
          tableName: query.table_name,
          recordId: query.record_id,
          correlationId: query.correlation_id
        }).pipe(
          dbQueryTimed("search_config_audit"),
          Effect.catchTag("ConfigAuditFailed", (error): Effect.Effect<never, Invalid | Unavailable> =>
            error.reason === "query" ? Effect.fail(notUnderstood(error.detail)) : changesUnreachable(error))
        ))
    })

    return handlers.handleAll({
      events: Effect.fnUntraced(function*({ query }) {
        const from = yield* timeOf("start_date", query.start_date)
        const to = yield* timeOf("end_date", query.end_date)
        const { pagination, rows } = yield* paged(query, (limit, cursor) =>
          events.search({
            limit,
            maxBytes: pageMaxBytes,
            cursor,
            from,
            to,
            hostname: query.hostname?.toLowerCase(),
            ruleId: query.rule_id,
            outcome: query.outcome,
            correlationId: query.correlation_id
          }).pipe(
            dbQueryTimed("search_event_audit"),
            Effect.catchTag("EventAuditFailed", (error): Effect.Effect<never, Invalid | Unavailable> =>
              error.reason === "data" ? Effect.fail(notUnderstood(error.detail)) : eventsUnreachable(error))
          ))
        return { logs: rows, pagination }
      }),
      changes: ({ query }) =>
        Effect.map(configPage(query), ({ pagination, rows }) => ({
          changes: rows.map((row) => {
            const { new_values: _new, old_values: _old, ...change } = entryOf(row)
            return change
          }),
          pagination
        })),
      configLogs: ({ query }) =>
        Effect.map(configPage(query), ({ pagination, rows }) => ({ logs: rows.map(entryOf), pagination })),
      verify: () =>
        chain.verify.pipe(
          Effect.map(({ checked, checkpoints, fault, head }) => ({
            whole: fault === undefined,
            checked,
            head: head === undefined ? null : { seq: head.seq, entry_hash: head.entryHash },
            fault: fault ?? null,
            checkpoints
          })),
          Effect.catchTag("AuditChainUnavailable", changesUnreachable)
        ),
      chain: ({ query }) =>
        Stream.suspend(() => {
          let bytes = 0
          return Stream.takeWhile(chain.read(query.from ?? 1), (entry, index) => {
            bytes += jsonBytes(entry)
            return index === 0 || bytes <= pageMaxBytes
          })
        }).pipe(
          Stream.take(query.limit ?? 1_000),
          Stream.runCollect,
          Effect.map((entries) => ({ entries })),
          Effect.catchTag("AuditChainUnavailable", changesUnreachable)
        )
    })
  })
)

const entryOf = (row: ConfigAuditRow) => ({
  id: row.id,
  changed_at: row.changedAt,
  changed_by: row.changedBy,
  operation: row.operation,
  table_name: row.tableName,
  record_id: row.tableName === "alert_rules" ? Number(row.recordId) : row.recordId,
  old_values: row.oldValues,
  new_values: row.newValues,
  reason: row.reason,
  correlation_id: row.correlationId,
  writer: row.writer
})

import { Effect, Stream, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { ConfigAudit, type ConfigAuditFailed } from "../../../layers/audit/ConfigAudit.ts"
import { EventAudit, type EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import type { Invalid, Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { ConfigAuditQuery } from "../../../src/api/web-ui/AuditLogs.ts"
import { AuditedChange, type ChainEntry } from "../../../src/domain/ChainEntry.ts"
import { jsonBytes } from "../../../src/logic/withinBytes.ts"
import { notUnderstood, paged, timeOf } from "../http/paging.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { ChainVerdict } from "./ChainVerdict.ts"

export const AuditLogsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "auditLogs",
  Effect.fn(function*(handlers) {
    const events = yield* EventAudit
    const changes = yield* ConfigAudit
    const chain = yield* AuditChain
    const verdict = yield* ChainVerdict
    const { pageMaxBytes } = yield* WebUiSettings
    const answered = orUnavailable("configuration audit")

    const configPage = Effect.fnUntraced(function*(query: ConfigAuditQuery) {
      const from = yield* timeOf("start_date", query.start_date)
      const to = yield* timeOf("end_date", query.end_date)
      return yield* paged(query, (limit, cursor) =>
        changes.search({
          limit,
          maxBytes: pageMaxBytes,
          cursor,
          operation: operations.find((operation) => operation === query.operation?.toUpperCase()),
          from,
          to,
          actor: query.changed_by,
          table: query.table_name,
          key: query.record_id,
          correlationId: query.correlation_id
        }).pipe(dbQueryTimed("search_config_audit"), Effect.catch(searchFailed("configuration audit"))))
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
            ruleName: query.rule,
            outcome: query.outcome,
            cause: query.cause,
            correlationId: query.correlation_id
          }).pipe(dbQueryTimed("search_event_audit"), Effect.catch(searchFailed("event audit"))))
        return { logs: rows, pagination }
      }),
      changes: ({ query }) =>
        Effect.map(configPage(query), ({ pagination, rows }) => ({
          changes: rows.map((row) => Struct.omit(entryOf(row), ["old_values", "new_values", "previous_hash"])),
          pagination
        })),
      configLogs: ({ query }) =>
        Effect.map(configPage(query), ({ pagination, rows }) => ({ logs: rows.map(entryOf), pagination })),
      verify: ({ query }) => verdict.ask(query.cached === "1").pipe(answered),
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
          answered
        )
    })
  })
)

const operations = AuditedChange.fields.operation.literals

/** Answers 422 for a search that makes no sense, 503 for a store that does not answer. */
const searchFailed =
  (what: string) => (error: ConfigAuditFailed | EventAuditFailed): Effect.Effect<never, Invalid | Unavailable> =>
    error.reason === "unavailable" ? unavailable(what)(error) : Effect.fail(notUnderstood(error.detail))

const entryOf = (entry: ChainEntry) => ({
  id: entry.seq,
  changed_at: entry.at,
  changed_by: entry.actor,
  operation: entry.operation,
  table_name: entry.table,
  record_id: entry.table === "alert_rules" ? Number(entry.key) : entry.key,
  old_values: entry.before,
  new_values: entry.after,
  reason: entry.reason,
  correlation_id: entry.correlationId,
  writer: entry.writer ?? null,
  previous_hash: entry.previousHash,
  entry_hash: entry.entryHash
})

import { Clock, Context, Effect, Layer, Option } from "effect"
import { type AuditQuery, type AuditRecord, EventAudit, EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { readCursor, writeCursor } from "../../../layers/audit/eventCursor.ts"
import { EventLookup } from "../../../layers/audit/EventLookup.ts"
import { EventReader } from "../../../layers/audit/EventReader.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import type { Decision, EventAuditEntry } from "../../../src/domain/Decision.ts"
import type { HourCount, HourSpan } from "../../../src/logic/compareRecord.ts"
import { pageOf } from "../../../src/logic/withinBytes.ts"
import { ruleNameOf } from "../rules/ruleNameMemory.ts"
import { readerOver } from "./pastEvents.ts"

/** What is recorded, in the order it came. */
export class RecordedRows extends Context.Service<RecordedRows, () => ReadonlyArray<EventAuditEntry>>()(
  "test/RecordedRows"
) {}

/** Keeps the audit in memory, for tests. Refuses what the database would refuse. */
export const EventAuditMemory = Layer.effectContext(Effect.gen(function*() {
  // Knows the names of rules where they are kept.
  const repository = yield* Effect.serviceOption(RuleRepository)
  const rows = new Map<string, { readonly row: EventAuditEntry; readonly decision: Decision }>()

  const record = (records: ReadonlyArray<AuditRecord>) =>
    Effect.gen(function*() {
      const now = new Date(yield* Clock.currentTimeMillis).toISOString()
      const refused = records.find(({ event }) => !isUuid.test(event.id) || event.hostname.length > 255)
      if (refused !== undefined) {
        return yield* new EventAuditFailed({ reason: "data", detail: `${refused.event.id} cannot be stored.` })
      }
      const repeated = records.some(({ event }) => rows.has(event.id))
      for (const one of records) {
        if (!rows.has(one.event.id)) rows.set(one.event.id, { row: rowOf(one, now), decision: one.decision })
      }
      return new Map(
        repeated ? records.map(({ decision, event }) => [event.id, rows.get(event.id)?.decision ?? decision]) : []
      )
    })

  const search = (query: AuditQuery) =>
    Effect.gen(function*() {
      const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor)
      if (query.cursor !== undefined && cursor === undefined) {
        return yield* new EventAuditFailed({ reason: "data", detail: "The cursor cannot be read." })
      }
      const before = cursor === undefined ? undefined : writeCursor(cursor)
      const found = Array.from(rows.values(), ({ row }) => row)
        .filter((row) => fits(row, query) && (before === undefined || keyOf(row) < before))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
      const named = query.ruleName === undefined ? found : yield* Effect.filter(found, (row) =>
        Option.isSome(repository)
          ? Effect.map(ruleNameOf(repository.value, row), (name) => name === query.ruleName)
          : Effect.succeed(false))
      return pageOf(named, query, keyOf)
    })

  const countByHour = ({ from, to }: HourSpan) =>
    Effect.sync(() => {
      const counts = new Map<string, HourCount>()
      for (const { row: { outcome, received_at } } of rows.values()) {
        const hour = Math.floor(Date.parse(received_at) / 3_600_000)
        const key = `${hour} ${outcome}`
        if (hour >= from && hour < to) counts.set(key, { hour, outcome, count: (counts.get(key)?.count ?? 0) + 1 })
      }
      return [...counts.values()]
    })

  return Context.make(EventAudit, { record, countByHour, search }).pipe(
    Context.add(RecordedRows, () => Array.from(rows.values(), ({ row }) => row)),
    Context.add(EventLookup, {
      find: ({ id }) => Effect.sync(() => rows.get(id)?.row),
      findAll: (ids) =>
        Effect.sync(() =>
          ids.flatMap((id) => {
            const found = rows.get(id)
            return found === undefined ? [] : [found.row]
          })
        )
    }),
    Context.add(EventReader, readerOver(rows))
  )
}))

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const keyOf = (row: EventAuditEntry) => writeCursor({ timestamp: row.event_timestamp, eventId: row.id })

const rowOf = ({ decision, event, raw }: AuditRecord, now: string): EventAuditEntry => ({
  id: event.id,
  event_timestamp: event.timestamp,
  received_at: event.receivedAt,
  recorded_at: now,
  hostname: event.hostname,
  correlation_id: event.correlationId,
  outcome: decision.outcome,
  severity: event.severity ?? null,
  environment: decision.environment,
  matched_rule_id: decision.ruleId,
  handling_decision: decision.handling,
  team_assignment: decision.team,
  forwarded_to_moog: decision.outcome === "forwarded",
  reason: decision.reason,
  rules_version: decision.rulesVersion,
  cause: decision.cause,
  cause_id: decision.causeId,
  raw_message: raw
})

const fits = (row: EventAuditEntry, query: AuditQuery): boolean =>
  (query.hostname === undefined || row.hostname === query.hostname.toLowerCase()) &&
  (query.ruleId === undefined || row.matched_rule_id === query.ruleId) &&
  (query.cause === undefined || row.cause === query.cause) &&
  (query.outcome === undefined || row.outcome === query.outcome) &&
  (query.correlationId === undefined || row.correlation_id === query.correlationId) &&
  (query.from === undefined || Date.parse(row.event_timestamp) >= Date.parse(query.from)) &&
  (query.to === undefined || Date.parse(row.event_timestamp) <= Date.parse(query.to))

import { Context, type Effect, Schema } from "effect"
import type { Decision, DecisionOutcome, EventAuditEntry } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"

/**
 * The rows were not stored. `unavailable`: try again later. `data`: the database refuses something in this batch, and will again.
 */
export class EventAuditFailed extends Schema.TaggedError<EventAuditFailed>()("EventAuditFailed", {
  reason: Schema.Literals(["unavailable", "data"]),
  detail: Schema.String
}) {}

/** What of an event has a column of its own. */
export type RecordedEvent =
  & Pick<Event, "id" | "timestamp" | "receivedAt" | "hostname" | "correlationId">
  & { readonly severity?: Event["severity"] | undefined }

/** What was decided for one event. */
export interface AuditRecord {
  readonly event: RecordedEvent
  /** The event as it stood in the queue, JSON. */
  readonly raw: string
  readonly decision: Decision
}

export interface AuditQuery {
  readonly limit: number
  /** Bytes of a page as JSON; it ends early where the next row would be too many. One row is given in any case. */
  readonly maxBytes?: number | undefined
  /** Opaque; as answered with the page before. */
  readonly cursor?: string | undefined
  readonly hostname?: string | undefined
  readonly ruleId?: number | undefined
  readonly outcome?: DecisionOutcome | undefined
  readonly correlationId?: string | undefined
  /** RFC 3339, inclusive, on `event_timestamp`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface AuditPage {
  readonly rows: ReadonlyArray<EventAuditEntry>
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined
}

/** The record of what was decided for every accepted event. Append-only. */
export class EventAudit extends Context.Service<EventAudit, {
  /**
   * All or nothing, in one statement. What is recorded of an event stays. When some were there already, the answer is what is recorded now
   * of each of `records`, by event id, and else empty: whoever repeats the work goes by that, so that record and effect are one.
   */
  readonly record: (
    records: ReadonlyArray<AuditRecord>
  ) => Effect.Effect<ReadonlyMap<string, Decision>, EventAuditFailed>
  /** Newest first, by keyset. A cursor that cannot be read is `data`. */
  readonly search: (query: AuditQuery) => Effect.Effect<AuditPage, EventAuditFailed>
}>()("mutt/layers/audit/EventAudit") {}

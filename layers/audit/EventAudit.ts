import { Context, type Effect, Schema } from "effect"
import type { Cause, Decision, DecisionOutcome, EventAuditEntry } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"
import type { HourCount, HourSpan } from "../../src/logic/compareRecord.ts"
import type { Page, PageQuery } from "../../src/logic/withinBytes.ts"

/** The rows were not stored. `unavailable`: try again. `data`: the database refuses a value of this batch, and will again. */
export class EventAuditFailed extends Schema.TaggedError<EventAuditFailed>()("EventAuditFailed", {
  reason: Schema.Literals(["unavailable", "data"]),
  detail: Schema.String
}) {}

/** The parts of an event that have columns of their own. */
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

export interface AuditQuery extends PageQuery {
  readonly hostname?: string | undefined
  readonly ruleId?: number | undefined
  /** The name that a rule had in the version that decided. */
  readonly ruleName?: string | undefined
  readonly outcome?: DecisionOutcome | undefined
  readonly cause?: Cause | undefined
  readonly correlationId?: string | undefined
  /** RFC 3339, inclusive, on `event_timestamp`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Records what was decided for every accepted event. Rows are never changed. */
export class EventAudit extends Context.Service<EventAudit, {
  /**
   * Stores a batch whole or not at all. A decision that was recorded before stays.
   *
   * When some were there already, it answers the recorded decision of every event of the batch, by event id; else
   * nothing. A caller who repeats work must follow the recorded decisions.
   */
  readonly record: (
    records: ReadonlyArray<AuditRecord>
  ) => Effect.Effect<ReadonlyMap<string, Decision>, EventAuditFailed>
  /** Counts rows by the hour of `received_at`, and outcome. */
  readonly countByHour: (hours: HourSpan) => Effect.Effect<ReadonlyArray<HourCount>, EventAuditFailed>
  /** Newest first, by keyset. A cursor that cannot be read is `data`. */
  readonly search: (query: AuditQuery) => Effect.Effect<Page<EventAuditEntry>, EventAuditFailed>
}>()("mutt/layers/audit/EventAudit") {}

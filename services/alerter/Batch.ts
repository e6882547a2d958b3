import type { Effect } from "effect"
import type { AuditRecord } from "../../layers/audit/EventAudit.ts"
import type { Delivery, EventPosition, Outcome } from "../../layers/queue/EventQueue.ts"
import type { Span } from "../../layers/telemetry/Span.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"

/** A batch of events on its way through the alerter. Each stage adds what it found out. */
export interface Batch {
  /** When its work began, RFC 3339. */
  readonly at: string
  readonly deliveries: ReadonlyArray<Delivery>
  /** Ends when the batches that were read before this one are acknowledged. */
  readonly earlierDone: Effect.Effect<void>
  /** By `decode`. Empty again once they are evaluated, so that a batch that waits for the database stays small. */
  readonly decoded: ReadonlyArray<DecodedEvent>
  /** By `evaluate`, and by what may hold them back after it. Empty again once they are composed. */
  readonly decided: ReadonlyArray<DecidedEvent>
  /** By `compose`. */
  readonly evaluated: ReadonlyArray<Evaluated>
  /** By `record`: event id → the decision that was recorded before by another alerter, where it may differ. */
  readonly recorded: ReadonlyMap<string, Decision>
  /** By `compose`: spans of the events whose trace is told; they end when the batch is acknowledged. */
  readonly spans: ReadonlyArray<EventSpan>
  /** By any stage: what can't go on. */
  readonly rejected: ReadonlyArray<Rejected>
}

/** The span of an event, and when that arrived. */
export interface EventSpan {
  readonly span: Span
  /** RFC 3339. */
  readonly receivedAt: string
}

/** A step of the pipeline. It always ends: what a server does not accept now is offered again until it does. */
export type Stage = (batch: Batch) => Effect.Effect<Batch>

export interface DecodedEvent {
  readonly position: EventPosition
  readonly payload: string
  readonly event: Event
}

/** An event with its decision. */
export interface DecidedEvent extends DecodedEvent {
  readonly decision: Decision
  /** Of an event whose trace is told. */
  readonly span: Span | undefined
}

/** An event with its decision, and how it ends by that. */
export interface Evaluated {
  readonly position: EventPosition
  readonly record: AuditRecord
  readonly outcome: Outcome
}

/** An event that becomes a dead letter. */
export interface Rejected {
  readonly position: EventPosition
  /** `undecodable`, `broken` (deciding about it failed), `refused_by_database`, or `queue_depth_exceeded`. */
  readonly reason: string
  readonly detail: string
  /** RFC 3339. */
  readonly at: string
}

export const newBatch = (
  deliveries: ReadonlyArray<Delivery>,
  at: string,
  earlierDone: Effect.Effect<void>
): Batch => ({
  at,
  deliveries,
  earlierDone,
  decoded: [],
  decided: [],
  evaluated: [],
  recorded: new Map(),
  spans: [],
  rejected: []
})

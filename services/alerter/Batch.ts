import type { Effect } from "effect"
import type { AuditRecord } from "../../layers/audit/EventAudit.ts"
import type { Delivery, EventPosition, Outcome } from "../../layers/queue/EventQueue.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Event } from "../../src/domain/Event.ts"
import type { DeadLetterReason } from "./DeadLetterReason.ts"

/** A batch of events on its way through the alerter. Each stage adds what it found out. */
export interface Batch {
  /** When it was begun, RFC 3339. */
  readonly at: string
  readonly deliveries: ReadonlyArray<Delivery>
  /** Ends when the batches that were read before this one are acknowledged. */
  readonly turn: Effect.Effect<void>
  /** By `decode`. Empty again once they are evaluated: what waits for the database is what the process holds. */
  readonly decoded: ReadonlyArray<DecodedEvent>
  /** By `evaluate`. */
  readonly evaluated: ReadonlyArray<Evaluated>
  /** By `record`: event id → the decision that somebody had recorded before, where it may differ. */
  readonly recorded: ReadonlyMap<string, Decision>
  /** By any stage: what can't go on. */
  readonly rejected: ReadonlyArray<Rejected>
}

/** A step of the pipeline. It always ends: what a server does not take now is offered again until it does. */
export type Stage = (batch: Batch) => Effect.Effect<Batch>

export interface DecodedEvent {
  readonly position: EventPosition
  readonly payload: string
  readonly event: Event
}

/** An event that was decided about, with how it then ends. */
export interface Evaluated {
  readonly position: EventPosition
  readonly record: AuditRecord
  readonly outcome: Outcome
}

/** A delivery that becomes a dead letter. */
export interface Rejected {
  readonly position: EventPosition
  readonly letter: DeadLetterReason
}

export const newBatch = (deliveries: ReadonlyArray<Delivery>, at: string, turn: Effect.Effect<void>): Batch => ({
  at,
  deliveries,
  turn,
  decoded: [],
  evaluated: [],
  recorded: new Map(),
  rejected: []
})

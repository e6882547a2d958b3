import { Context, type Effect } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import type { AppendLimits } from "./EventQueue.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

export type QueueRoom = Pick<AppendLimits, "capacity" | "capacityBytes">

/** A quarantined record that is there. */
export interface QuarantinedRecord {
  readonly entryId: string
  /** An encoded `Quarantined`, as it was kept. */
  readonly text: string
}

/** What reading a quarantined record again came to. */
export type Reread =
  /** Its events, each an encoded `Event`. */
  | { readonly entryId: string; readonly events: ReadonlyArray<string> }
  | { readonly entryId: string; readonly reason: string; readonly detail: string }

/** `replayed`: in the event queue now. `kept`: in quarantine still, with the new reason. `full`: the queue has no room. `missing`: it was not there. */
export type RereadOutcome = "replayed" | "kept" | "full" | "missing"

/**
 * What could not go on, kept until a person or a fixed rule decides. An `operation` is done once, however often it is asked for within a
 * day: what it moved is kept with the move, and answered again.
 */
export class DeadLetters extends Context.Service<DeadLetters, {
  /** Newest first; `before` is the `entryId` to go on below. */
  readonly list: (
    queue: DeadLetterQueue,
    limit: number,
    before?: string
  ) => Effect.Effect<ReadonlyArray<DeadLetter>, QueueUnavailable>
  readonly count: (queue: DeadLetterQueue) => Effect.Effect<number, QueueUnavailable>
  /** Back to where it came from with its tries reset: events to the event queue, alerts to the alert queue. Atomic. Says which were there. */
  readonly replay: (
    queue: "events" | "alerts",
    entryIds: ReadonlyArray<string>,
    operation?: string
  ) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
  /** Those quarantined records of these that are there. */
  readonly quarantined: (
    entryIds: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<QuarantinedRecord>, QueueUnavailable>
  /**
   * Moves records that can be read by now from quarantine to the event queue, and notes why the others can't be, in one atomic step. Fills
   * no more of the queue than the half that anyone may fill, so that it takes no sender's room. An outcome for each, in order.
   */
  readonly requeue: (
    records: ReadonlyArray<Reread>,
    room: QueueRoom
  ) => Effect.Effect<ReadonlyArray<RereadOutcome>, QueueUnavailable>
  /** Gone for good, and counted as such. Says which were there. */
  readonly discard: (
    queue: DeadLetterQueue,
    entryIds: ReadonlyArray<string>,
    operation?: string
  ) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
}>()("mutt/layers/queue/DeadLetters") {}

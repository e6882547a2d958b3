import { Context, type Effect } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import type { QueueRoom } from "./EventQueue.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

export interface QuarantinedRecord {
  readonly entryId: string
  /** An encoded `Quarantined`, as it was kept. */
  readonly text: string
}

/** Letters above `after` and up to `upTo`, both entry ids; absent: from the oldest, to the newest. */
export interface LetterSpan {
  readonly after?: string | undefined
  readonly upTo?: string | undefined
}

/** What decoding a quarantined record again came to: its events, or why it still fails. */
export type Reread =
  /** Each an encoded `Event`. */
  | { readonly entryId: string; readonly events: ReadonlyArray<string> }
  | { readonly entryId: string; readonly reason: string; readonly detail: string }

/** `kept`: in quarantine still, with the new reason. `full`: the queue has no room. `missing`: it was not there. */
export type RereadOutcome = "replayed" | "kept" | "full" | "missing"

/**
 * Keeps what could not go on until a person or a fixed rule decides. An `operation` is done once, however often it is
 * asked for within a day: what it moved is kept with the move, and answered again.
 */
export class DeadLetters extends Context.Service<DeadLetters, {
  /** Newest first; `before` is the `entryId` to go on below. */
  readonly list: (
    queue: DeadLetterQueue,
    limit: number,
    before?: string
  ) => Effect.Effect<ReadonlyArray<DeadLetter>, QueueUnavailable>
  /** Oldest first. */
  readonly scan: (
    queue: DeadLetterQueue,
    limit: number,
    span: LetterSpan
  ) => Effect.Effect<ReadonlyArray<DeadLetter>, QueueUnavailable>
  readonly count: (queue: DeadLetterQueue) => Effect.Effect<number, QueueUnavailable>
  /** Remembers what an operation sets out to do, and returns it as it was when it was asked for first. */
  readonly begin: (operation: string, plan: ReadonlyArray<string>) => Effect.Effect<
    ReadonlyArray<string>,
    QueueUnavailable
  >
  /** What an operation set out to do; `undefined`: nobody began it, or that is long ago. */
  readonly begun: (operation: string) => Effect.Effect<ReadonlyArray<string> | undefined, QueueUnavailable>
  /** Puts letters back into their queue with their tries reset. Atomic. Returns which were there. */
  readonly replay: (
    queue: "events" | "alerts",
    entryIds: ReadonlyArray<string>,
    operation?: string
  ) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
  /** Returns those of the records that are there. */
  readonly quarantined: (
    entryIds: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<QuarantinedRecord>, QueueUnavailable>
  /**
   * Moves records that decode by now from quarantine to the event queue, and notes why others fail, in one atomic step.
   * It fills only the half of the queue that anyone may fill, so that it takes no sender's room. One outcome for each,
   * in order.
   */
  readonly requeue: (
    records: ReadonlyArray<Reread>,
    room: QueueRoom
  ) => Effect.Effect<ReadonlyArray<RereadOutcome>, QueueUnavailable>
  /** Deletes letters for good and counts them. Returns which were there. */
  readonly discard: (
    queue: DeadLetterQueue,
    entryIds: ReadonlyArray<string>,
    operation?: string
  ) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
}>()("mutt/layers/queue/DeadLetters") {}

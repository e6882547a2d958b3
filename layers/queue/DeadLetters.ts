import { Context, type Effect } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

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
  /** Back to where it came from with its tries reset: events to the event queue, alerts to the alert queue. Atomic. Says which were there. Quarantined records are not replayed. */
  readonly replay: (
    queue: "events" | "alerts",
    entryIds: ReadonlyArray<string>,
    operation?: string
  ) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
  /** Gone for good, and counted as such. Says which were there. */
  readonly discard: (
    queue: DeadLetterQueue,
    entryIds: ReadonlyArray<string>,
    operation?: string
  ) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
}>()("mutt/layers/queue/DeadLetters") {}

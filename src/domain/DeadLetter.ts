import { Schema } from "effect"

/** `events`: the alerter could not process it. `alerts`: could not be delivered. `quarantine`: unreadable at intake. */
export const DeadLetterQueue = Schema.Literals(["events", "alerts", "quarantine"])
export type DeadLetterQueue = typeof DeadLetterQueue.Type

export const Attempt = Schema.Struct({
  at: Schema.String,
  reason: Schema.String,
  detail: Schema.String
})
export type Attempt = typeof Attempt.Type

/** An event, alert or record that failed for good, with the reason and the attempts. */
export const DeadLetter = Schema.Struct({
  /** Position in its queue; newest is greatest. */
  entryId: Schema.String,
  queue: DeadLetterQueue,
  at: Schema.String,
  reason: Schema.String,
  detail: Schema.String,
  attempts: Schema.Array(Attempt),
  /** The event, alert or raw record as JSON text. */
  payload: Schema.String
})
export type DeadLetter = typeof DeadLetter.Type

import { Schema } from "effect"

/** `events`: could not be processed by the alerter. `alerts`: could not be delivered. `quarantine`: not readable at intake. */
export const DeadLetterQueue = Schema.Literals(["events", "alerts", "quarantine"])
export type DeadLetterQueue = typeof DeadLetterQueue.Type

export const Attempt = Schema.Struct({
  at: Schema.String,
  reason: Schema.String,
  detail: Schema.String
})
export type Attempt = typeof Attempt.Type

/** Something kept because it could not go on, with why and what was tried. */
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

import { Schema } from "effect"

/** Redis did not take or give the message. After `append` it is unknown whether it was taken; the sender must send again. */
export class QueueUnavailable extends Schema.TaggedError<QueueUnavailable>()("QueueUnavailable", {
  operation: Schema.String,
  detail: Schema.String
}) {}

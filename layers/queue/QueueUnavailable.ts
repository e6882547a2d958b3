import { Schema } from "effect"
import { ChangeOutcome } from "../../src/domain/Change.ts"

/** Redis gave no answer. After `append` it is unknown whether it was done; the sender must send again. */
export class QueueUnavailable extends Schema.TaggedError<QueueUnavailable>()("QueueUnavailable", {
  operation: Schema.String,
  detail: Schema.String,
  /** It was done, but replicas did not confirm it in time. */
  unreplicated: Schema.optionalKey(Schema.Literal(true)),
  /** Absent where nobody asks. */
  outcome: Schema.optionalKey(ChangeOutcome)
}) {}

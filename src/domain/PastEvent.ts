import { Schema, Struct } from "effect"
import { Decision } from "./Decision.ts"

/** A recorded event as it stood in the queue, and what was decided about it. */
export const PastEvent = Schema.Struct({
  id: Schema.String,
  /** When it arrived, in milliseconds since 1970. */
  at: Schema.Finite,
  ...Struct.omit(Decision.fields, ["reason"]),
  /** JSON. */
  raw: Schema.String
})
export type PastEvent = typeof PastEvent.Type

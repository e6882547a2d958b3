import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the dead letters says. */
export const search = Schema.Struct({
  /** `events`, `alerts` or `quarantine`. */
  queue: part,
  reason: part,
  host: part,
  text: part,
  from: part,
  to: part,
  /** The id of the letter whose details are open. */
  open: part
})

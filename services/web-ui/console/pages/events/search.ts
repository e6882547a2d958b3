import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the events says. */
export const search = Schema.Struct({
  /** A host, an id, or a text within the message. */
  q: part,
  host: part,
  sev: part,
  outcome: part,
  rule: part,
  team: part,
  env: part,
  source: part,
  sender: part,
  text: part,
  from: part,
  to: part,
  /** The `ref` of the event whose trace is open. */
  open: part,
  /** `1`: live. */
  tail: part
})
export type Search = typeof search.Type

import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the alerts says. */
export const search = Schema.Struct({
  /** `way`, `parked`, `dead`, `delivered`, with commas between; all when absent. */
  state: part,
  host: part,
  signature: part,
  team: part,
  handling: part,
  /** The number of a rule. */
  rule: part,
  /** `signature` or `host`. */
  group: part,
  /** The id of the alert whose details are open. */
  open: part
})
export type Search = typeof search.Type

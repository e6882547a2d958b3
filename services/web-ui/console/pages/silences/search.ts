import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the silences says. */
export const search = Schema.Struct({
  /** `now`, `soon` or `ended`; all when absent. */
  state: part,
  author: part,
  /** Silences that name this host. */
  host: part,
  /** The number of the silence whose details are open. */
  open: part,
  /** `1`: it is being changed. */
  edit: part,
  /** The form of a new one is open, for this host; `*`: for none yet. */
  new: part
})

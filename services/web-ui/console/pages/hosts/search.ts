import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of hosts and teams says. */
export const search = Schema.Struct({
  /** `patterns`: names and patterns that say what a host is; else the hosts that were heard of. */
  view: part,
  /** A text within the name. */
  q: part,
  team: part,
  /** `dev` or `prod`. */
  env: part,
  /** `1`: silent for 24 hours; `0`: only the others. */
  quiet: part,
  /** The host or pattern whose details are open; `new`: a pattern to add. */
  open: part,
  /** `1`: the import is open. */
  import: part
})
export type Search = typeof search.Type

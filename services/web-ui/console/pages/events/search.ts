import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the events says. */
export const search = Schema.Struct({
  /** What somebody looks for: a host, an id, or a text. It is turned into the parts below as soon as it is understood. */
  q: part,
  host: part,
  /** Numbers with commas between. */
  sev: part,
  outcome: part,
  cause: part,
  rule: part,
  team: part,
  env: part,
  source: part,
  sender: part,
  text: part,
  /** `-1h`, `all`, or a time. */
  from: part,
  /** A time; until now when absent. */
  to: part,
  /** The `ref` of the event whose trace is open. */
  open: part,
  /** Of the trace: `why`, `raw` or `now`. */
  tab: part,
  /** Marks what a rule would decide: the number of a saved one, or a draft as `shell/draftRule.ts` writes it. */
  draft: part,
  /** `1`: live. */
  tail: part
})
export type Search = typeof search.Type

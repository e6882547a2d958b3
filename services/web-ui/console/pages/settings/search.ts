import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the settings says. */
export const search = Schema.Struct({
  /** `changed`: only those that are not at their default. */
  set: part,
  program: part,
  text: part,
  /** The setting whose history is open. */
  open: part,
  /** `history`: the versions instead of the values. */
  view: part,
  /** Two versions beside each other: `3..7`. */
  compare: part,
  /** The page of the history. */
  page: part
})

import { Schema } from "effect"

/** Requires text that the database can store: well-formed, and without NUL. */
export const storable = Schema.makeFilter<string>(
  (text) => text.includes("\0") ? "Holds a NUL character" : text.isWellFormed() || "Holds half of a surrogate pair",
  { toJsonSchema: () => ({ pattern: "^[^\\u0000]*$" }) }
)

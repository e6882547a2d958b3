import { Schema } from "effect"

interface Selecting {
  readonly ids?: unknown
  readonly filter?: unknown
  readonly expected?: unknown
}

/** A body names things by ids, or says which and how many they are. */
export const idsOrFilter = Schema.makeFilter<Selecting>(
  ({ expected, filter, ids }) =>
    ids === undefined
      ? (filter !== undefined && expected !== undefined) || {
        path: ["ids"],
        issue: "Is missing; or give filter and expected."
      }
      : (filter === undefined && expected === undefined) || {
        path: ["ids"],
        issue: "Does not go with filter and expected."
      },
  { toJsonSchema: () => ({ oneOf: [{ required: ["ids"] }, { required: ["filter", "expected"] }] }) }
)

import { Schema } from "effect"

/** What became of a change that failed. `unknown`: the answer to it was lost, and it may have been made. */
export const ChangeOutcome = Schema.Literals(["unchanged", "unknown"])
export type ChangeOutcome = typeof ChangeOutcome.Type

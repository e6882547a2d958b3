import { Schema } from "effect"

/** Who changes something, why, and in which request. The audit keeps it with the change. */
export interface ChangeAuthor {
  readonly actor: string
  readonly reason: string | null
  readonly correlationId: string
}

/** The outcome of a failed change. `unknown`: the answer got lost, so it may have been made. */
export const ChangeOutcome = Schema.Literals(["unchanged", "unknown"])
export type ChangeOutcome = typeof ChangeOutcome.Type

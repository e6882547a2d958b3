import { type Duration, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"

export interface CountLimits {
  /** So many rows are all looked at. */
  readonly counted: number
  /** Of more, a sample of about so many is. */
  readonly sampled: number
  /** What takes longer is tried again with a smaller share of the rows. */
  readonly longest: Duration.Input
}
export const standardLimits: CountLimits = { counted: 1_000_000, sampled: 500_000, longest: "2 seconds" }

/** A sample is the beginning of each of so many parts of the span. */
export const sampleParts = 120

const decodePlan = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({
    "QUERY PLAN": Schema.Tuple([Schema.Struct({ Plan: Schema.Struct({ "Plan Rows": Schema.Finite }) })])
  })])
)

/** Rows that a statement would find, as the planner thinks: what `EXPLAIN (FORMAT JSON)` answers. */
export const plannedRows = (explained: unknown) =>
  Effect.map(decodePlan(explained), ([{ "QUERY PLAN": [{ Plan }] }]) => Plan["Plan Rows"])

/**
 * Counts all rows, or where they are too many or it takes too long, a share of them. `rows`: how many there may be;
 * `seen`: how many of them a count looked at.
 */
export const countedInShares = Effect.fnUntraced(function*<A, E>(
  sql: SqlClient.SqlClient,
  limits: CountLimits,
  rows: number,
  count: (share: number) => Effect.Effect<A, E>,
  seen: (found: A) => number
) {
  /** The planner does not know how short a part is, and would read everything for each of them. */
  const sampling = (counting: Effect.Effect<A, E>) =>
    sql.withTransaction(Effect.andThen(sql`SET LOCAL enable_seqscan = off`, counting))
  let share = rows > limits.counted ? limits.sampled / rows : 1
  for (;;) {
    const tried = yield* Effect.timeoutOption(share < 1 ? sampling(count(share)) : count(share), limits.longest)
    if (Option.isSome(tried) && seen(tried.value) <= limits.counted) return { found: tried.value, share }
    // The planner thought of fewer, or the database is busy.
    share /= 8
  }
})

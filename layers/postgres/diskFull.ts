import { Effect, Metric } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { stateOf } from "./sqlState.ts"

const statements = Metric.counter("mutt_postgres_disk_full_total", {
  description: "Statements that PostgreSQL refused because its disk is full.",
  incremental: true
})

/** SQLSTATE `disk_full`. */
const diskFull = "53100"

const isDiskFull = ({ reason }: SqlError): boolean => stateOf(reason.cause) === diskFull

/** Counts a statement that failed for this. */
export const diskFullCounted = <A>(statement: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> =>
  Effect.tapError(statement, (error) => isDiskFull(error) ? Metric.update(statements, 1) : Effect.void)

/** Shows the count before anything went wrong. */
export const diskFullFromZero = Metric.update(statements, 0)

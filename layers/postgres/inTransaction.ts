import { Effect, Option } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** Joins the caller's transaction, or opens one. Has no savepoint: a failure in here fails the caller's too. */
export const inTransaction =
  (sql: SqlClient.SqlClient) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    Effect.flatMap(
      Effect.serviceOption(sql.transactionService),
      Option.match({ onNone: () => sql.withTransaction(effect), onSome: () => effect })
    )

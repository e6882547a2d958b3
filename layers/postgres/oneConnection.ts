import { PgClient } from "@effect/sql-pg"
import { Effect, type Scope } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import type { SqlError } from "effect/sql/SqlError"

/**
 * Runs all of `work` on one connection, in and out of transactions: what a session holds, such as an advisory lock,
 * holds for all of it. `through` may stand between.
 */
export const onOneConnection = <A, E, R>(
  work: Effect.Effect<A, E, R | SqlClient.SqlClient>,
  through: (connection: Connection) => Connection = (connection) => connection
): Effect.Effect<A, E | SqlError, Exclude<R, Scope.Scope> | SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const pooled = yield* SqlClient.SqlClient
    const connection = through(yield* pooled.reserve)
    const client = yield* SqlClient.make({
      acquirer: Effect.succeed(connection),
      compiler: PgClient.makeCompiler(),
      driver: pooled.driver,
      spanAttributes: [["db.system.name", "postgresql"]]
    })
    return yield* Effect.provideService(work, SqlClient.SqlClient, client)
  }).pipe(Effect.scoped, Effect.provide(Reactivity.layer))

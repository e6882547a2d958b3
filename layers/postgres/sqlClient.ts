import { PgClient, type PgConnection } from "@effect/sql-pg"
import { Effect, type Scope } from "effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"

type Lease = Effect.Effect<PgConnection.PgConnection, SqlError, Scope.Scope>

/** The driver's `PgClient` over a pool of our own; the driver can make one only over its own pool. Names are not transformed. */
export const makeSqlClient = (lease: Lease, config: PgClient.PgClientConfig) =>
  Effect.gen(function*() {
    const client = yield* SqlClient.make({
      acquirer: Effect.map(lease, adapt),
      transactionAcquirer: Effect.map(Effect.flatMap(lease, (connection) => connection.pin), adapt),
      compiler: PgClient.makeCompiler(),
      driver: "@effect/sql-pg",
      prepareTransactionControls: true,
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      commit,
      spanAttributes: [["db.system.name", "postgresql"], ["db.namespace", config.database ?? "postgres"]]
    })
    return Object.assign(client, {
      [PgClient.TypeId]: PgClient.TypeId,
      config,
      json: (value: unknown) => Statement.fragment([pgJson(value)]),
      listen: (channel: string) => Effect.flatMap(lease, (connection) => connection.listen(channel)),
      notify: (channel: string, payload: string) =>
        Effect.asVoid(Effect.scoped(Effect.flatMap(
          lease,
          (connection) => connection.query("SELECT pg_notify($1, $2)", [channel, payload])
        )))
    })
  })

/** What the driver's compiler turns into a `jsonb` parameter. */
const pgJson = Statement.custom<Statement.Custom<"PgJson", unknown>>("PgJson")

const adapt = (connection: PgConnection.PgConnection): Connection => {
  const rows = (sql: string, params: ReadonlyArray<unknown>, prepare: boolean) =>
    Effect.map(connection.query(sql, params, prepare), (result) => result.rows)
  return {
    execute: (sql, params) => rows(sql, params, true),
    executeUnprepared: (sql, params) => rows(sql, params, false),
    executeRaw: (sql, params) => connection.query(sql, params),
    executeValues: (sql, params) => connection.queryValues(sql, params),
    executeValuesUnprepared: (sql, params) => connection.queryValues(sql, params, false),
    executeStream: (sql, params) => connection.stream(sql, params)
  }
}

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, which must not pass for success. */
const commit = (connection: Connection) =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    isRollback(result)
      ? Effect.fail(
        new SqlError({
          reason: new UnknownError({
            cause: new Error("rolled back"),
            message: "COMMIT rolled back a failed transaction",
            operation: "commit"
          })
        })
      )
      : Effect.void)

const isRollback = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"

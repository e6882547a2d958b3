import { PgClient, type PgConnection } from "@effect/sql-pg"
import { Context, type Duration, Effect, type Scope, Stream } from "effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, StatementTimeoutError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { commit } from "./commit.ts"
import type { PostgresConnection } from "./PostgresConnection.ts"

type Lease = Effect.Effect<PostgresConnection, SqlError, Scope.Scope>

/** How long one statement may take. A link that is dead without having closed is noticed by it. */
export const StatementDeadline = Context.Reference<Duration.Input>("mutt/layers/postgres/StatementDeadline", {
  defaultValue: () => "1 minute"
})

/** The driver's `PgClient` over a pool of our own; the driver can make one only over its own pool. Names are not transformed. */
export const makeSqlClient = (lease: Lease, config: PgClient.PgClientConfig) =>
  Effect.gen(function*() {
    const client = yield* SqlClient.make({
      acquirer: Effect.map(lease, (session) => adapt(session, session.connection)),
      transactionAcquirer: Effect.flatMap(
        lease,
        (session) => Effect.map(session.connection.pin, (connection) => adapt(session, connection))
      ),
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
      listen: (channel: string) => Effect.flatMap(lease, ({ connection }) => connection.listen(channel)),
      notify: (channel: string, payload: string) => Effect.asVoid(client`SELECT pg_notify(${channel}, ${payload})`)
    })
  })

/** What the driver's compiler turns into a `jsonb` parameter. */
const pgJson = Statement.custom<Statement.Custom<"PgJson", unknown>>("PgJson")

const adapt = (session: PostgresConnection, connection: PgConnection.PgConnection): Connection => {
  const spoil = Effect.sync(() => {
    session.spoiled = true
  })
  const bounded = <A>(statement: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> =>
    Effect.flatMap(
      StatementDeadline,
      (duration) =>
        Effect.timeoutOrElse(Effect.onInterrupt(statement, () => spoil), {
          duration,
          orElse: () => Effect.fail(late())
        })
    )
  const rows = (sql: string, params: ReadonlyArray<unknown>, prepare: boolean) =>
    Effect.map(bounded(connection.query(sql, params, prepare)), (result) => result.rows)
  return {
    execute: (sql, params) => rows(sql, params, true),
    executeUnprepared: (sql, params) => rows(sql, params, false),
    executeRaw: (sql, params) => bounded(connection.query(sql, params)),
    executeValues: (sql, params) => bounded(connection.queryValues(sql, params)),
    executeValuesUnprepared: (sql, params) => bounded(connection.queryValues(sql, params, false)),
    executeStream: (sql, params) =>
      Stream.onStart(connection.stream(sql, params), spoil).pipe(
        Stream.onEnd(Effect.sync(() => {
          session.spoiled = false
        }))
      )
  }
}

const late = () =>
  new SqlError({
    reason: new StatementTimeoutError({
      cause: new Error("no answer in time"),
      message: "The statement took too long",
      operation: "execute"
    })
  })

import { PgClient, type PgConnection } from "@effect/sql-pg"
import { Context, type Duration, Effect, type Scope, Stream } from "effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, StatementTimeoutError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { commit } from "./commit.ts"
import { diskFullCounted, diskFullFromZero } from "./diskFull.ts"
import type { PostgresConnection } from "./PostgresConnection.ts"
import { isEnding, isReadOnly } from "./sqlState.ts"

type Lease = Effect.Effect<PostgresConnection, SqlError, Scope.Scope>

/** How long one statement may take. It also ends statements on a connection that is dead but not closed. */
export const StatementDeadline = Context.Reference<Duration.Input>("mutt/layers/postgres/StatementDeadline", {
  defaultValue: () => "1 minute"
})

/**
 * Makes the driver's `PgClient` over a pool of our own, which the driver itself cannot do. Names are not transformed.
 */
export const makeSqlClient = (lease: Lease, config: PgClient.PgClientConfig) =>
  Effect.gen(function*() {
    yield* diskFullFromZero
    const client = yield* SqlClient.make({
      acquirer: Effect.map(lease, (connection) => adapt(connection, connection.driver)),
      transactionAcquirer: Effect.flatMap(
        lease,
        (connection) => Effect.map(connection.driver.pin, (pinned) => adapt(connection, pinned))
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
      listen: (channel: string) => Effect.flatMap(lease, ({ driver }) => driver.listen(channel)),
      notify: (channel: string, payload: string) => Effect.asVoid(client`SELECT pg_notify(${channel}, ${payload})`)
    })
  })

/** A fragment that the driver's compiler turns into a `jsonb` parameter. */
const pgJson = Statement.custom<Statement.Custom<"PgJson", unknown>>("PgJson")

const adapt = (connection: PostgresConnection, driver: PgConnection.PgConnection): Connection => {
  const setDirty = (dirty: boolean) =>
    Effect.sync(() => {
      connection.dirty = dirty
    })
  const noted = <A>(statement: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> =>
    Effect.tapError(diskFullCounted(statement), (error) =>
      Effect.sync(() => {
        connection.demoted ||= isReadOnly(error)
        connection.dirty ||= isEnding(error)
      }))
  const bounded = <A>(statement: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> =>
    Effect.flatMap(
      StatementDeadline,
      (duration) =>
        Effect.timeoutOrElse(Effect.onInterrupt(noted(statement), () => setDirty(true)), {
          duration,
          orElse: () => Effect.fail(late())
        })
    )
  const answered = (sql: string, params: ReadonlyArray<unknown>, prepare: boolean) =>
    Effect.map(bounded(driver.query(sql, params, prepare)), (result) => result.rows)
  const rows = (sql: string, params: ReadonlyArray<unknown>, prepare: boolean) =>
    endsTransaction(sql)
      ? Effect.catchIf(answered(sql, params, prepare), isGone, () => Effect.as(setDirty(true), []))
      : answered(sql, params, prepare)
  return {
    execute: (sql, params) => rows(sql, params, true),
    executeUnprepared: (sql, params) => rows(sql, params, false),
    executeRaw: (sql, params) => bounded(driver.query(sql, params)),
    executeValues: (sql, params) => bounded(driver.queryValues(sql, params)),
    executeValuesUnprepared: (sql, params) => bounded(driver.queryValues(sql, params, false)),
    executeStream: (sql, params) =>
      Stream.onStart(driver.stream(sql, params), setDirty(true)).pipe(Stream.onEnd(setDirty(false)))
  }
}

/**
 * Statements that a transaction ends with beside COMMIT. With the connection the transaction is gone, which is what they
 * are for; whatever comes after a savepoint fails by itself. The driver would take their failure for a defect.
 */
const endsTransaction = (sql: string): boolean => sql.startsWith("ROLLBACK") || sql.startsWith("RELEASE SAVEPOINT")

const isGone = ({ reason: { _tag } }: SqlError): boolean =>
  _tag === "ConnectionError" || _tag === "StatementTimeoutError"

const late = () =>
  new SqlError({
    reason: new StatementTimeoutError({
      cause: new Error("no answer in time"),
      message: "The statement took too long",
      operation: "execute"
    })
  })

import { PgClient } from "@effect/sql-pg"
import { Context, Effect, FileSystem, Layer, Redacted, Schedule } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { Environment } from "../environment/Environment.ts"
import { Secrets } from "../secret/Secrets.ts"
import { supervised } from "../telemetry/supervised.ts"
import { schemaSpan } from "./migrationList.ts"
import { Postgres, PostgresUnavailable } from "./Postgres.ts"
import { detailOf, type PostgresConnection, serversText } from "./PostgresConnection.ts"
import { makePool } from "./PostgresPool.ts"
import { makeSchemaGuard, SchemaGuard, SchemaWanted } from "./SchemaGuard.ts"
import { makeSqlClient } from "./sqlClient.ts"
import { askSyncStandbys } from "./syncStandbys.ts"

/** Milliseconds a ping may take, including the time to get a connection. Short, since `/readyz` waits for it. */
export const PingDeadline = Context.Reference<number>("mutt/layers/postgres/PingDeadline", {
  defaultValue: () => 2_000
})

/** `Postgres`, `SqlClient` and `PgClient`. Builds at once; while PostgreSQL is away, statements fail. */
export const PostgresLayer = Layer.effectContext(Effect.gen(function*() {
  const config = yield* Environment
  const secrets = yield* Secrets
  const ca = config.postgres.caPath === undefined
    ? undefined
    : yield* (yield* FileSystem.FileSystem).readFileString(config.postgres.caPath).pipe(Effect.orDie)

  const pool = yield* makePool({ config, secrets, ca })
  const address = { host: config.postgres.host, port: config.postgres.port, database: config.postgres.database }
  const wanted = yield* SchemaWanted
  const guard = wanted === undefined
    ? undefined
    : yield* makeSchemaGuard(yield* makeSqlClient(pool.lease, address), wanted, config.version)
  const client = yield* makeSqlClient(
    guard === undefined ? pool.lease : Effect.andThen(guard.pass, pool.lease),
    address
  )

  const pingMs = yield* PingDeadline
  const ping = Effect.suspend(() => {
    let connection: PostgresConnection | undefined
    const asked = pool.lease.pipe(
      Effect.tap((leased) => Effect.sync(() => void (connection = leased))),
      Effect.flatMap(({ driver }) => driver.query("SELECT 1")),
      Effect.scoped,
      Effect.asVoid,
      Effect.mapError(unavailable)
    )
    // Cuts a dead connection first, since an interrupted statement waits for the answer to its cancellation.
    const late = Effect.sleep(pingMs).pipe(
      Effect.andThen(Effect.sync(() => connection?.socket.destroy())),
      Effect.andThen(new PostgresUnavailable({ reason: "timeout", detail: `no answer in ${pingMs / 1000} seconds` }))
    )
    return Effect.raceFirst(asked, late)
  })

  yield* ping.pipe(
    Effect.retry(
      Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("2 seconds")]).pipe(Schedule.jittered)
    ),
    Effect.andThen(Effect.logInfo("Connected to PostgreSQL.")),
    Effect.annotateLogs({ server: `${serversText(config.postgres)}/${config.postgres.database}` }),
    supervised("postgres.probe")
  )

  const connections = Effect.sync(() => {
    const counts = new Map<number, number>()
    for (const { generation } of pool.connections) counts.set(generation, (counts.get(generation) ?? 0) + 1)
    return counts
  })
  const prove = ({ value }: CredentialVersion) =>
    Effect.gen(function*() {
      const username = Redacted.value(yield* secrets.text("DB_USER"))
      yield* pool.prove({ username, password: value, generation: undefined })
    }).pipe(
      Effect.mapError((error) =>
        error._tag === "SqlError"
          ? unavailable(error)
          : new PostgresUnavailable({ reason: "failed", detail: error.message })
      )
    )

  return Context.make(SqlClient, client).pipe(
    Context.add(PgClient.PgClient, client),
    Context.add(
      Postgres,
      Postgres.of({
        ping,
        status: Effect.sync(pool.status),
        connections,
        syncStandbys: Effect.mapError(askSyncStandbys(client), unavailable),
        prove
      })
    ),
    (context) => guard === undefined ? context : Context.add(context, SchemaGuard, guard)
  )
})).pipe(Layer.provide(Reactivity.layer))

/** For a program: its statements wait until the schema is one that it works on. */
export const GuardedPostgresLayer = PostgresLayer.pipe(Layer.provide(Layer.succeed(SchemaWanted, schemaSpan)))

const unavailable = (error: SqlError) => {
  const { reason } = error
  return new PostgresUnavailable({
    reason: reason._tag === "ConnectionError"
      ? "unreachable"
      : reason._tag === "AuthenticationError"
      ? "refused"
      : "failed",
    detail: detailOf(error)
  })
}

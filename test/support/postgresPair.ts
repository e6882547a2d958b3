import { Effect, Redacted, Schedule, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { freezingLink } from "../../scripts/proofs/durability/freezingLink.ts"
import { asSuperuser } from "../../scripts/stack/PrivatePostgres.ts"
import { type PostgresServer, postgresServer } from "./servers.ts"

/** A primary, and a standby that streams from it over a way that can be frozen. */
export interface PostgresPair {
  readonly primary: PostgresServer
  readonly standby: PostgresServer
  /** Nothing gets through to the standby, and nobody is told. */
  readonly freeze: (frozen: boolean) => Effect.Effect<void>
  /** Makes the standby a primary; returns when it takes writes. */
  readonly promote: Effect.Effect<void>
}

/** Work of the superuser on one of the servers. */
export const onServer = <A, E>(server: PostgresServer, work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  asSuperuser(
    { port: server.port, password: Redacted.make(decodeURIComponent(new URL(server.adminUrl).password)) },
    server.database,
    work
  ).pipe(Effect.orDie)

const streaming = (primary: PostgresServer, name: string) =>
  onServer(
    primary,
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      sql`SELECT FROM pg_stat_replication WHERE state = 'streaming' AND application_name = ${name}`.pipe(
        Effect.filterOrFail((rows) =>
          rows.length > 0, () => "not yet"),
        Effect.retry(Schedule.spaced("20 millis"))
      ))
  )

/** Returns when the standby follows. `settings` are the primary's. */
export const postgresPair = (options: {
  readonly version?: number | undefined
  readonly settings?: Readonly<Record<string, string>>
} = {}): Effect.Effect<PostgresPair, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { settings = {}, version } = options
    const primary = yield* postgresServer({ version, settings })
    const link = yield* freezingLink(primary.port)
    const standby = yield* postgresServer({ version, standby: { of: link.port, name: "standby" } })
    yield* streaming(primary, "standby")
    const promote = onServer(standby, Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT pg_promote(true, 60)`))
    return { primary, standby, freeze: link.freeze, promote: Effect.asVoid(promote) }
  })

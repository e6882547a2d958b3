import { Effect, Redacted, References } from "effect"
import type { SqlClient } from "effect/sql"
import { migrateFor } from "../../scripts/stack/prepareDatabase.ts"
import { asSuperuser } from "../../scripts/stack/PrivatePostgres.ts"
import type { PostgresServer } from "./servers.ts"

/**
 * Migrates the server's database as its owner, with rights for the programs' user, and then does `more` as the owner.
 */
export const migrated = <E = never>(
  server: PostgresServer,
  more: Effect.Effect<unknown, E, SqlClient.SqlClient> = Effect.void
) =>
  asSuperuser(
    { port: server.port, password: Redacted.make(decodeURIComponent(new URL(server.adminUrl).password)) },
    server.database,
    Effect.andThen(migrateFor(server.user), more).pipe(Effect.provideService(References.MinimumLogLevel, "Warn"))
  )

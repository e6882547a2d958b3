import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import { migrated } from "../support/migrated.ts"
import { postgresServer } from "../support/servers.ts"

/**
 * A migrated database on a server of its own, as the programs see it; as its owner sees it for tests that do to tables what programs
 * can't.
 */
export const migratedDatabase = (version: 15 | 18, as: "program" | "owner" = "program") =>
  Layer.unwrap(Effect.gen(function*() {
    const server = yield* postgresServer({ version })
    yield* migrated(server)
    const { password, user } = as === "owner" ? server.owner : server
    return PgClient.layer({
      host: server.host,
      port: server.port,
      database: server.database,
      username: user,
      password: Redacted.make(password),
      maxConnections: 20
    })
  }))

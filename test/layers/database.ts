import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { migrated } from "../support/migrated.ts"
import { postgresServer } from "../support/servers.ts"

/** The database as its owner sees it, who can do to tables what programs can't. */
export class Owner extends Context.Service<Owner, SqlClient.SqlClient>()("test/Owner") {}

/** A migrated database on a server of its own (the newest there is, unless said), as the programs see it, or as its owner does; and as `Owner` in any case. */
export const migratedDatabase = (version?: number, as: "program" | "owner" = "program") =>
  Layer.unwrap(Effect.gen(function*() {
    const server = yield* postgresServer({ version })
    yield* migrated(server)
    const client = ({ password, user }: { readonly user: string; readonly password: string }) =>
      PgClient.layer({
        host: server.host,
        port: server.port,
        database: server.database,
        username: user,
        password: Redacted.make(password),
        maxConnections: 20
      })
    const owner = client(server.owner)
    return Layer.merge(
      as === "owner" ? owner : client(server),
      Layer.effect(Owner, SqlClient.SqlClient).pipe(Layer.provide(owner))
    )
  }))

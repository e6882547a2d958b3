import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import type { PostgresAddress } from "../../../layers/environment/Environment.ts"
import { Postgres } from "../../../layers/postgres/Postgres.ts"
import type { PostgresServer } from "../../support/servers.ts"
import { connected, postgresAdmin } from "../connections.ts"

export class Server extends Context.Service<Server, PostgresServer>()("test/PostgresServer") {}

export const start = Effect.fnUntraced(function*(
  secrets: Readonly<Record<string, string>>,
  address: Partial<PostgresAddress> = {}
) {
  const server = yield* Server
  const world = yield* connected(
    { postgres: { port: server.port, database: server.database, ...address } },
    { DB_USER: server.user, ...secrets }
  )
  const context = yield* Layer.build(world.postgres)
  return {
    server,
    store: world.store,
    postgres: yield* Effect.provide(Postgres, context),
    sql: yield* Effect.provide(SqlClient.SqlClient, context)
  }
})

/** Changes the password of `mutt_app` on the server, until the end of the test. */
export const setPassword = Effect.fnUntraced(function*(password: string) {
  const server = yield* Server
  const admin = yield* postgresAdmin(server)
  yield* admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${password}'`)
  yield* Effect.addFinalizer(() =>
    Effect.orDie(admin.unsafe(`ALTER ROLE ${server.user} PASSWORD '${server.password}'`))
  )
  return admin
})

export const refusedLogins = Effect.map(
  Server,
  (server) => readFileSync(server.log, "utf8").split("password authentication failed").length - 1
)

export const times = (count: number) => Array.from({ length: count }, (_, i) => i)

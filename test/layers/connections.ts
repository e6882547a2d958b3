import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { createConnection, createServer, type Socket } from "node:net"
import { Environment, type PostgresAddress, type RedisAddress } from "../../layers/environment/Environment.ts"
import { PostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { Redis } from "../../layers/redis/Redis.ts"
import { RedisAclLayer } from "../../layers/redis/RedisAclLayer.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { SecretsFromStore } from "../../layers/secret/SecretLayer.ts"
import type { PostgresServer, RedisServer } from "../support/servers.ts"
import { makeSecretStoreMemory } from "./secret/SecretStoreMemory.ts"

/** Static settings of an alerter called `test`, with the servers given. */
export const staticConfig = (servers: {
  readonly redis?: Partial<RedisAddress>
  readonly postgres?: Partial<PostgresAddress>
}): Environment["Service"] => ({
  program: "alerter",
  instance: "test",
  version: "0.0.0",
  http: { host: "127.0.0.1", port: 0 },
  redis: { host: "127.0.0.1", port: 1, username: undefined, tls: false, caPath: undefined, ...servers.redis },
  postgres: {
    host: "127.0.0.1",
    port: 1,
    database: "mutt",
    tls: false,
    caPath: undefined,
    maxConnections: 10,
    connectionTtlMs: 900_000,
    ...servers.postgres
  },
  queueName: "mutt:{ingest}",
  secrets: { kind: "env", path: undefined },
  shown: {}
})

/** A secret store to turn, and Redis and PostgreSQL connected through it. */
export const connected = (
  servers: Parameters<typeof staticConfig>[0],
  secrets: Readonly<Record<string, string>>
) =>
  Effect.map(makeSecretStoreMemory(secrets), (store) => {
    const world = SecretsFromStore.pipe(
      Layer.provide(store.layer),
      Layer.provideMerge(Layer.succeed(Environment, staticConfig(servers))),
      Layer.provideMerge(NodeServices.layer)
    )
    return {
      store,
      redis: RedisLayer.pipe(Layer.provideMerge(world)),
      users: RedisAclLayer.pipe(Layer.provideMerge(world)),
      postgres: PostgresLayer.pipe(Layer.provideMerge(world))
    }
  })

/** The server as its administrator sees it. */
export const redisAdmin = (server: Pick<RedisServer, "port" | "adminUrl">) =>
  Effect.gen(function*() {
    const { password } = new URL(server.adminUrl)
    const { redis } = yield* connected({ redis: { port: server.port, username: "default" } }, { REDIS_PASS: password })
    return yield* Effect.provide(Redis, yield* Layer.build(redis))
  })

/**
 * Stands between a client and a server on this machine, and can freeze what runs through it without closing anything. It closes the first
 * `outages` connections at once.
 */
export const tcpProxy = (port: number, outages = 0) =>
  Effect.callback<{ readonly port: number; readonly freeze: () => void; readonly count: () => number }>((resume) => {
    const pairs: Array<readonly [Socket, Socket]> = []
    let left = outages
    const server = createServer((client) => {
      left -= 1
      if (left >= 0) {
        client.destroy()
        return
      }
      const upstream = createConnection({ port, host: "127.0.0.1" })
      pairs.push([client, upstream])
      for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
        from.pipe(to)
        from.on("error", () => to.destroy())
      }
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const own = typeof address === "object" && address !== null ? address.port : 0
      const freeze = () => {
        for (const pair of pairs) {
          for (const socket of pair) {
            socket.unpipe()
            socket.pause()
          }
        }
      }
      resume(Effect.succeed({ port: own, freeze, count: () => pairs.length }))
    })
  })

/** The database as its superuser sees it. */
export const postgresAdmin = (server: PostgresServer) =>
  Effect.gen(function*() {
    const { password, username } = new URL(server.adminUrl)
    const { postgres } = yield* connected(
      { postgres: { port: server.port, database: server.database } },
      { DB_USER: username, DB_PASS: password }
    )
    return yield* Effect.provide(SqlClient.SqlClient, yield* Layer.build(postgres))
  })

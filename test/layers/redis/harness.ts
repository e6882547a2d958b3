import { Context, Effect, Layer } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import type { RedisServer } from "../../support/servers.ts"
import { connected, redisAdmin } from "../connections.ts"

export class Server extends Context.Service<Server, RedisServer>()("test/RedisServer") {}

/** The connection as a program has it, with the store its secrets come from. */
export const start = Effect.fnUntraced(function*(secrets: Readonly<Record<string, string>>, port?: number) {
  const server = yield* Server
  const { redis, store } = yield* connected({ redis: { port: port ?? server.port, username: server.user } }, secrets)
  return { server, store, redis: yield* Effect.provide(Redis, yield* Layer.build(redis)) }
})

/** Passwords of `mutt_app`, exactly these. */
export const setPasswords = Effect.fnUntraced(function*(...passwords: ReadonlyArray<string>) {
  const server = yield* Server
  const admin = yield* redisAdmin(server)
  yield* admin.command("ACL", "SETUSER", server.user, "resetpass", ...passwords.map((password) => `>${password}`))
  yield* Effect.addFinalizer(() =>
    Effect.orDie(admin.command("ACL", "SETUSER", server.user, "resetpass", `>${server.password}`))
  )
  return admin
})

import { Context, Effect, Layer, Stream } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { until } from "../../support/eventually.ts"
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

/** Subscribes to a channel, and collects its messages and counts its subscriptions. */
export const listen = Effect.fnUntraced(function*(redis: Redis["Service"], channel: string) {
  const heard = new Set<string>()
  let subscribed = 0
  yield* redis.subscribe(channel).pipe(
    Stream.runForEach((signal) => Effect.sync(() => signal._tag === "message" ? heard.add(signal.text) : ++subscribed)),
    Effect.forkScoped
  )
  yield* until(Effect.sync(() => subscribed), (count) => count >= 1)
  return { heard, subscribed: () => subscribed }
})

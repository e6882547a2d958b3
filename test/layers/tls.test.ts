import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { Postgres } from "../../layers/postgres/Postgres.ts"
import { Redis } from "../../layers/redis/Redis.ts"
import { RedisDeadline } from "../../layers/redis/RedisIo.ts"
import { postgresServer, redisServer } from "../support/servers.ts"
import { connected } from "./connections.ts"
import { authority, tlsProxy } from "./tlsProxy.ts"

class Servers extends Context.Service<Servers, {
  readonly postgres: (tls: { readonly host?: string; readonly caPath: string | undefined }) => Effect.Effect<string>
  readonly redis: (tls: { readonly host?: string; readonly caPath: string | undefined }) => Effect.Effect<string>
}>()("test/TlsServers") {}

/** Each says `ok` or why not. */
const servers = Layer.effect(
  Servers,
  Effect.gen(function*() {
    const [pg, rd] = yield* Effect.all([postgresServer(), redisServer()])
    const pgPort = yield* tlsProxy("postgres", pg.port)
    const rdPort = yield* tlsProxy("redis", rd.port)
    const ok = <E extends { readonly detail: string }>(effect: Effect.Effect<unknown, E>) =>
      Effect.match(effect, { onSuccess: () => "ok", onFailure: (error) => error.detail })
    return Servers.of({
      postgres: ({ caPath, host = "localhost" }) =>
        Effect.gen(function*() {
          const { postgres } = yield* connected(
            { postgres: { host, port: pgPort, database: pg.database, tls: true, caPath } },
            { DB_USER: pg.user, DB_PASS: pg.password }
          )
          return yield* ok(Effect.provide(Postgres.use((it) => it.ping), yield* Layer.build(postgres)))
        }).pipe(Effect.scoped, Effect.orDie),
      redis: ({ caPath, host = "localhost" }) =>
        Effect.gen(function*() {
          const { redis } = yield* connected(
            { redis: { host, port: rdPort, username: rd.user, tls: true, caPath } },
            { REDIS_PASS: rd.password }
          )
          return yield* ok(Effect.provide(Redis.use((it) => it.command("PING")), yield* Layer.build(redis)))
        }).pipe(Effect.scoped, Effect.orDie)
    })
  })
)

const world = Layer.mergeAll(servers, Layer.succeed(RedisDeadline, 1_000), Logger.layer([]))

layer(world, { excludeTestServices: true, timeout: 60_000 })("TLS", (it) => {
  for (const server of ["postgres", "redis"] as const) {
    it.effect(`${server}: works with the authority that signed the server's certificate`, () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* (yield* Servers)[server]({ caPath: authority.right }), "ok")
      }))

    it.effect(`${server}: refuses a certificate of another authority, and says so`, () =>
      Effect.gen(function*() {
        const other = yield* (yield* Servers)[server]({ caPath: authority.wrong })
        const none = yield* (yield* Servers)[server]({ caPath: undefined })
        assert.match(other, /certificate|SIGNATURE|VERIFY/i)
        assert.match(none, /certificate|SIGNATURE|VERIFY/i)
      }))

    it.effect(`${server}: refuses a certificate of another host`, () =>
      Effect.gen(function*() {
        const detail = yield* (yield* Servers)[server]({ host: "127.0.0.1", caPath: authority.right })
        assert.match(detail, /altname|ALTNAME/i)
      }))
  }
})

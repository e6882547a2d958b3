import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Redacted, Schedule, Stream } from "effect"
import { Postgres } from "../../layers/postgres/Postgres.ts"
import { Redis } from "../../layers/redis/Redis.ts"
import { RedisAcl } from "../../layers/redis/RedisAcl.ts"
import { RedisDeadline } from "../../layers/redis/RedisLayer.ts"
import { postgresServer, redisServer } from "../support/servers.ts"
import { connected, postgresAdmin, redisAdmin } from "./connections.ts"
import { tlsCluster, tlsSentinel } from "./redis/tlsNodes.ts"
import { authority, tlsProxy } from "./tlsProxy.ts"

interface Tls {
  readonly host?: string
  /** Instead of `host`: `DB_HOSTS`, all of them the same server. */
  readonly hosts?: ReadonlyArray<string>
  readonly caPath: string | undefined
}

class Servers extends Context.Service<Servers, {
  readonly postgres: (tls: Tls) => Effect.Effect<string>
  readonly redis: (tls: Tls) => Effect.Effect<string>
  readonly users: (tls: Tls) => Effect.Effect<string>
  readonly sentinel: (tls: Tls) => Effect.Effect<string>
  readonly cluster: (tls: Tls) => Effect.Effect<string>
}>()("test/TlsServers") {}

/** Each says `ok` or why not. */
const servers = Layer.effect(
  Servers,
  Effect.gen(function*() {
    const [pg, rd] = yield* Effect.all([postgresServer(), redisServer()])
    const pgPort = yield* tlsProxy("postgres", pg.port)
    const rdPort = yield* tlsProxy("redis", rd.port)
    const behind = yield* tlsSentinel
    const cluster = yield* tlsCluster
    const ok = <E extends { readonly detail: string }>(effect: Effect.Effect<unknown, E>) =>
      Effect.match(effect, { onSuccess: () => "ok", onFailure: (error) => error.detail })
    return Servers.of({
      postgres: ({ caPath, host = "localhost", hosts }) =>
        Effect.gen(function*() {
          const several = hosts?.map((host) => ({ host, port: pgPort }))
          const { postgres } = yield* connected(
            { postgres: { host, hosts: several, port: pgPort, database: pg.database, tls: true, caPath } },
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
        }).pipe(Effect.scoped, Effect.orDie),
      users: ({ caPath, host = "localhost" }) =>
        Effect.gen(function*() {
          const { users } = yield* connected(
            { redis: { host, port: rdPort, username: rd.user, tls: true, caPath } },
            { REDIS_ADMIN_PASS: new URL(rd.adminUrl).password }
          )
          return yield* ok(Effect.provide(RedisAcl.use((it) => it.passwords), yield* Layer.build(users)))
        }).pipe(Effect.scoped, Effect.orDie),
      sentinel: ({ caPath, host = "localhost" }) =>
        Effect.gen(function*() {
          const { master, password } = behind.sentinel
          const sentinels = { master, nodes: [{ host, port: behind.tls.port }] }
          const { redis } = yield* connected(
            { redis: { sentinels, username: behind.user, tls: true, caPath } },
            { REDIS_PASS: behind.password, REDIS_SENTINEL_PASS: password }
          )
          return yield* ok(everyWay(yield* Effect.provide(Redis, yield* Layer.build(redis)), behind.password))
        }).pipe(Effect.scoped, Effect.orDie),
      cluster: ({ caPath, host = "localhost" }) =>
        Effect.gen(function*() {
          const nodes = [{ host, port: cluster.tls.port }]
          const { redis } = yield* connected(
            { redis: { cluster: nodes, username: cluster.user, tls: true, caPath } },
            { REDIS_PASS: cluster.password }
          )
          return yield* ok(everyWay(yield* Effect.provide(Redis, yield* Layer.build(redis)), cluster.password))
        }).pipe(Effect.scoped, Effect.orDie)
    })
  })
)

/** A command, a session, a proof and a subscription. */
const everyWay = (redis: Redis["Service"], password: string) =>
  Effect.gen(function*() {
    yield* redis.prove({ slot: "CURRENT", value: Redacted.make(password), fingerprint: "" })
    yield* redis.command("SET", "t", "1")
    yield* (yield* redis.ownConnection).command("GET", "t")
    yield* redis.subscribe("t").pipe(Stream.take(1), Stream.runDrain)
  }).pipe(Effect.scoped)

const world = Layer.mergeAll(servers, Layer.succeed(RedisDeadline, 1_000), Logger.layer([]))

layer(world, { excludeTestServices: true })("TLS", (it) => {
  for (const server of ["postgres", "redis", "users", "sentinel", "cluster"] as const) {
    it.effect(`${server}: works with the authority that signed the server's certificate`, () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* (yield* Servers)[server]({ caPath: authority.right }), "ok")
      }))

    it.effect(`${server}: refuses a certificate of another authority, and says so`, () =>
      Effect.gen(function*() {
        const servers = yield* Servers
        const [other, none] = yield* Effect.all(
          [servers[server]({ caPath: authority.wrong }), servers[server]({ caPath: undefined })],
          { concurrency: 2 }
        )
        assert.match(other, /certificate|SIGNATURE|VERIFY|SELF_SIGNED/i)
        assert.match(none, /certificate|SIGNATURE|VERIFY|SELF_SIGNED/i)
      }))

    it.effect(`${server}: refuses a certificate of another host`, () =>
      Effect.gen(function*() {
        const detail = yield* (yield* Servers)[server]({ host: "127.0.0.1", caPath: authority.right })
        assert.match(detail, /altname|ALTNAME/i)
      }))
  }

  it.effect("postgres: of several servers each is held to its own name, and one of a wrong name is passed over", () =>
    Effect.gen(function*() {
      const { postgres } = yield* Servers
      // The certificate is that of localhost.
      const among = (...hosts: ReadonlyArray<string>) => postgres({ hosts, caPath: authority.right })
      assert.strictEqual(yield* among("127.0.0.1", "localhost"), "ok")
      const none = yield* among("127.0.0.1", "127.0.0.2")
      assert.match(none, /127\.0\.0\.1/)
      assert.match(none, /127\.0\.0\.2/)
      assert.match(none, /altname/i)
    }))

  it.effect("postgres: a connection past its time is replaced by one with the new password", () =>
    Effect.gen(function*() {
      const server = yield* postgresServer()
      const admin = yield* postgresAdmin(server)
      const port = yield* tlsProxy("postgres", server.port)
      const { database, password, user } = server
      const { postgres, store } = yield* connected(
        { postgres: { host: "localhost", port, database, tls: true, caPath: authority.right, connectionTtlMs: 0 } },
        { DB_USER: user, DB_PASS_CURRENT: password }
      )
      const world = yield* Layer.build(postgres)
      const { ping, status } = yield* Effect.provide(Postgres, world)
      yield* ping
      yield* admin.unsafe(`ALTER ROLE ${user} PASSWORD 'the-new-one'`)
      yield* store.set({ DB_USER: user, DB_PASS_CURRENT: password, DB_PASS_NEXT: "the-new-one" })
      yield* ping
      const { slot } = yield* Effect.repeat(Effect.andThen(ping, status), {
        until: ({ slot }) => slot === "NEXT",
        schedule: Schedule.spaced("20 millis")
      })
      assert.strictEqual(slot, "NEXT")
    }))

  it.effect("redis: open connections move to the new password, and new ones log in with it", () =>
    Effect.gen(function*() {
      const server = yield* redisServer()
      const admin = yield* redisAdmin(server)
      const port = yield* tlsProxy("redis", server.port)
      const { password, user } = server
      const { redis, store } = yield* connected(
        { redis: { host: "localhost", port, username: user, tls: true, caPath: authority.right } },
        { REDIS_PASS_CURRENT: password }
      )
      const { command, connections, ownConnection, status } = yield* Effect.provide(Redis, yield* Layer.build(redis))
      yield* command("PING")
      yield* admin.command("ACL", "SETUSER", user, "resetpass", ">the-new-one")
      yield* store.set({ REDIS_PASS_CURRENT: password, REDIS_PASS_NEXT: "the-new-one" })
      yield* Effect.repeat(connections, {
        until: (open) => open.size === 1 && open.has(2),
        schedule: Schedule.spaced("20 millis")
      })
      assert.strictEqual((yield* status).slot, "NEXT")
      yield* command("PING")
      yield* Effect.flatMap(ownConnection, (fresh) => fresh.command("PING"))
    }))
})

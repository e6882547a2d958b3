import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Logger, Queue, Ref, Stream } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import { eventually, until } from "../../support/eventually.ts"
import { redisServer } from "../../support/servers.ts"
import { connected, redisAdmin, tcpProxy } from "../connections.ts"
import { underLoad } from "../underLoad.ts"
import { Server, setPasswords, start } from "./harness.ts"

/** For those who wait for a failure. */
const impatient = Effect.provideService(RedisDeadline, 3_000)

/** What the connection promises on every server we support. */
export const redisIoSuite = (flavour: "redis" | "valkey") => {
  const world = Layer.mergeAll(
    Layer.effect(Server, redisServer({ flavour, wideRights: true })),
    // Nobody is to fail because the machine is busy.
    Layer.succeed(RedisDeadline, 60_000),
    Logger.layer([])
  )
  layer(world, { excludeTestServices: true })(`Redis over ioredis, on ${flavour}`, (it) => {
    it.effect("logs in with CURRENT and names itself", () =>
      Effect.gen(function*() {
        const { redis, server } = yield* start({ REDIS_PASS_CURRENT: (yield* Server).password })
        assert.strictEqual(yield* redis.command("PING"), "PONG")
        const status = yield* redis.status
        assert.deepStrictEqual([status.connected, status.slot], [true, "CURRENT"])
        assert.match(status.fingerprint, /^[0-9a-f]{8}$/)
        const admin = yield* redisAdmin(server)
        assert.include(String(yield* admin.command("CLIENT", "LIST")), "name=alerter:test:g1 ")
      }))

    it.effect("goes to NEXT when CURRENT is refused, and no command that waits sees the refusal", () =>
      Effect.gen(function*() {
        const { redis } = yield* start({ REDIS_PASS_CURRENT: "stale", REDIS_PASS_NEXT: (yield* Server).password })
        const replies = yield* Effect.forEach(Array.from({ length: 100 }), () => redis.command("PING"), {
          concurrency: 100
        })
        assert.strictEqual(replies.filter((reply) => reply === "PONG").length, 100)
        assert.strictEqual((yield* redis.status).slot, "NEXT")
      }))

    it.effect("works with a legacy single password", () =>
      Effect.gen(function*() {
        const { redis } = yield* start({ REDIS_PASS: (yield* Server).password })
        assert.strictEqual(yield* redis.command("PING"), "PONG")
      }))

    it.effect("logs in to a server that needs no password, and as a user who may neither PING nor INFO", () =>
      Effect.gen(function*() {
        const { adminUrl, port } = yield* Server
        const admin = yield* redisAdmin({ adminUrl, port })
        yield* Effect.addFinalizer(() =>
          Effect.andThen(
            admin.command("ACL", "DELUSER", "open"),
            admin.command("ACL", "SETUSER", "default", "resetpass", `>${new URL(adminUrl).password}`)
          ).pipe(Effect.orDie)
        )
        yield* admin.command("ACL", "SETUSER", "default", "nopass")
        yield* admin.command("ACL", "SETUSER", "open", "on", "nopass", "allkeys", "+get")
        for (const username of [undefined, "open"]) {
          const { redis } = yield* connected({ redis: { port, username } }, { REDIS_PASS: "any" })
          const { command } = yield* Effect.provide(Redis, yield* Layer.build(redis))
          assert.isNull(yield* command("GET", "t:nothing"))
        }
      }))

    it.effect("says `refused` when both are refused, and heals when the store is corrected", () =>
      Effect.gen(function*() {
        const { redis, server, store } = yield* impatient(start({ REDIS_PASS_CURRENT: "x", REDIS_PASS_NEXT: "y" }))
        const error = yield* Effect.flip(redis.command("PING"))
        assert.strictEqual(error.reason, "refused")
        assert.match(error.detail, /REDIS_PASS .*was refused/)
        yield* store.set({ REDIS_PASS_CURRENT: server.password })
        assert.strictEqual(yield* eventually(redis.command("PING")), "PONG")
      }))

    it.effect("heals when the server is corrected", () =>
      Effect.gen(function*() {
        const admin = yield* setPasswords("other")
        const { redis, server } = yield* impatient(start({ REDIS_PASS_CURRENT: "new" }))
        assert.strictEqual((yield* Effect.flip(redis.command("PING"))).reason, "refused")
        yield* admin.command("ACL", "SETUSER", server.user, ">new")
        assert.strictEqual(yield* eventually(redis.command("PING")), "PONG")
      }))

    it.effect("serves 50 users without a failure while the password changes twice and connections come and go", () =>
      Effect.gen(function*() {
        const { redis, server, store } = yield* start({ REDIS_PASS_CURRENT: (yield* Server).password })
        const done = yield* Deferred.make<void>()
        const served = yield* Ref.make(0)
        const user = Effect.gen(function*() {
          yield* redis.command("INCR", "t:shared")
          const session = yield* redis.ownConnection
          yield* session.command("INCR", "t:own")
          yield* Ref.update(served, (n) => n + 1)
        }).pipe(Effect.scoped, Effect.repeat({ until: () => Deferred.isDone(done) }))
        const users = yield* Effect.forkChild(Effect.all(Array.from({ length: 50 }, () => user), { concurrency: 50 }))
        const admin = yield* setPasswords(server.password)
        const { follows, servesOn } = underLoad({ served, store, connections: redis.connections })
        const change = Effect.gen(function*() {
          let old = server.password
          for (const fresh of ["second", "third"]) {
            yield* follows({ REDIS_PASS_CURRENT: old, REDIS_PASS_NEXT: fresh })
            yield* admin.command("ACL", "SETUSER", server.user, `>${fresh}`)
            yield* admin.command("ACL", "SETUSER", server.user, `<${old}`)
            yield* servesOn
            yield* follows({ REDIS_PASS_CURRENT: fresh })
            old = fresh
          }
          yield* Deferred.succeed(done, undefined)
        })
        yield* Effect.all([change, Fiber.join(users)], { concurrency: 2 })
      }))

    it.effect("brings a blocking session and a subscriber through a change of password that ends their connections", () =>
      Effect.gen(function*() {
        const { redis, server } = yield* start({
          REDIS_PASS_CURRENT: (yield* Server).password,
          REDIS_PASS_NEXT: "fresh"
        })
        const seen = yield* Queue.unbounded<string>()
        yield* redis.subscribe("t:news").pipe(
          Stream.runForEach((signal) => Queue.offer(seen, signal._tag === "message" ? signal.text : signal._tag)),
          Effect.forkScoped
        )
        assert.strictEqual(yield* Queue.take(seen), "subscribed")
        const session = yield* redis.ownConnection
        yield* session.command("DEL", "t:list")
        const reading = yield* Effect.forkChild(Effect.flip(session.command("BLPOP", "t:list", 30)))
        const admin = yield* setPasswords("fresh")
        yield* until(admin.command("CLIENT", "LIST"), (clients) => String(clients).includes("cmd=blpop"))
        yield* admin.command("CLIENT", "KILL", "USER", server.user)
        assert.strictEqual((yield* Fiber.join(reading)).reason, "unavailable")
        assert.strictEqual(yield* Queue.take(seen), "subscribed")

        const again = yield* Effect.forkChild(session.command("BLPOP", "t:list", 30))
        yield* redis.command("RPUSH", "t:list", "entry")
        assert.deepStrictEqual(yield* Fiber.join(again), ["t:list", "entry"])
        yield* redis.command("PUBLISH", "t:news", "hello")
        assert.strictEqual(yield* Queue.take(seen), "hello")
      }))

    it.effect("subscribes again to a channel that was refused for a while", () =>
      Effect.gen(function*() {
        const { redis, server } = yield* start({ REDIS_PASS: (yield* Server).password })
        const seen = yield* Queue.unbounded<string>()
        yield* redis.subscribe("t:refused").pipe(
          Stream.runForEach((signal) => Queue.offer(seen, signal._tag)),
          Effect.forkScoped
        )
        assert.strictEqual(yield* Queue.take(seen), "subscribed")
        const admin = yield* redisAdmin(server)
        const refusals = Effect.map(
          admin.command("ACL", "LOG"),
          (log) => JSON.stringify(log).split("\"t:refused\"").length
        )
        const before = yield* refusals
        yield* admin.command("ACL", "SETUSER", server.user, "resetchannels")
        yield* Effect.repeat(refusals, { until: (count) => count > before })
        assert.strictEqual(yield* Queue.size(seen), 0)
        yield* admin.command("ACL", "SETUSER", server.user, "allchannels")
        assert.strictEqual(yield* Queue.take(seen), "subscribed")
      }))

    it.effect("calls a script by its hash and sends it again to a server that forgot it", () =>
      Effect.gen(function*() {
        const { redis } = yield* start({ REDIS_PASS: (yield* Server).password })
        const script = { name: "echo", lua: "return { KEYS[1], ARGV[1], ARGV[2] }" }
        const admin = yield* redisAdmin(yield* Server)
        for (let round = 0; round < 2; round++) {
          yield* admin.command("SCRIPT", "FLUSH")
          for (let i = 0; i < 2; i++) {
            assert.deepStrictEqual(yield* redis.script(script, ["k"], ["a", 7]), ["k", "a", "7"])
          }
        }
        const error = yield* Effect.flip(redis.script({ name: "broken", lua: "return redis.call('NOPE')" }, [], []))
        assert.deepStrictEqual([error.operation, error.reason], ["broken", "reply"])
      }))

    it.effect("sends bytes as bytes", () =>
      Effect.gen(function*() {
        const { redis } = yield* start({ REDIS_PASS: (yield* Server).password })
        yield* redis.command("SET", "t:bytes", new TextEncoder().encode("naïve ☃").subarray(0))
        assert.strictEqual(yield* redis.command("GET", "t:bytes"), "naïve ☃")
      }))

    it.effect("waits out a restart of the server", () =>
      Effect.gen(function*() {
        const { redis, server } = yield* start({ REDIS_PASS: (yield* Server).password })
        yield* redis.command("SET", "t:kept", "1")
        const session = yield* redis.ownConnection
        yield* session.command("PING")
        yield* server.stop
        // What is written to a connection that nobody has noticed to be gone is lost with it.
        yield* until(redis.status, ({ connected }) => !connected)
        const early = yield* Effect.forkChild(redis.command("GET", "t:kept"), { startImmediately: true })
        // A connection was tried in vain.
        yield* until(redis.status, ({ detail }) => detail.includes("ECONNREFUSED"))
        yield* server.start
        assert.strictEqual(yield* Fiber.join(early), "1")
        assert.strictEqual(yield* session.command("GET", "t:kept"), "1")
      }))

    it.effect("takes an outage for an outage: `unavailable`, and the preferred password stays preferred", () =>
      Effect.gen(function*() {
        const server = yield* Server
        const { redis } = yield* impatient(
          start({ REDIS_PASS_CURRENT: server.password, REDIS_PASS_NEXT: "never valid" })
        )
        yield* redis.command("PING")
        yield* server.stop
        const error = yield* Effect.flip(redis.command("PING"))
        assert.strictEqual(error.reason, "unavailable")
        yield* until(redis.status, ({ connected }) => !connected)
        yield* server.start
        yield* eventually(redis.command("PING"))
        assert.strictEqual((yield* redis.status).slot, "CURRENT")
        const admin = yield* redisAdmin(server)
        assert.deepStrictEqual(yield* admin.command("ACL", "LOG"), [])
      }))

    it.effect("notices a connection that is open but dead", () =>
      Effect.gen(function*() {
        const proxy = yield* tcpProxy((yield* Server).port)
        const { redis } = yield* impatient(start({ REDIS_PASS: (yield* Server).password }, proxy.port))
        yield* redis.command("PING")
        proxy.freeze()
        yield* Effect.flip(redis.command("GET", "t:nothing"))
        assert.strictEqual(yield* eventually(redis.command("PING")), "PONG")
        assert.isAbove(proxy.count(), 1)
      }))

    it.effect("never tells a password or an argument, in errors or in the log", () =>
      Effect.gen(function*() {
        const lines: Array<string> = []
        const log = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        const text = yield* Effect.gen(function*() {
          const { redis } = yield* start({
            REDIS_PASS_CURRENT: "canary-one",
            REDIS_PASS_NEXT: (yield* Server).password
          })
          const errors = [
            yield* Effect.flip(redis.command("NOSUCHCOMMAND", "canary-argument")),
            yield* Effect.flip(redis.command("ACL", "SETUSER", "x", ">canary-argument")),
            yield* Effect.flip(redis.command("HGET", "canary-argument"))
          ]
          return errors.map((error) => `${String(error)} ${JSON.stringify(error)} ${error.stack}`).join("\n")
        }).pipe(Effect.scoped, Effect.provide(log))
        assert.isAbove(lines.length, 0)
        assert.notInclude(text + lines.join("\n"), "canary")
        assert.notInclude(text + lines.join("\n"), (yield* Server).password)
      }))
  })
}

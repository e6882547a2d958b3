import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Logger, Ref, Stream } from "effect"
import { createConnection } from "node:net"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import { eventually } from "../../support/eventually.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { listen, Server, setPasswords, start } from "./harness.ts"

/** Generation → connections, as the server's own list has it. */
const listed = (admin: Redis["Service"]) =>
  Effect.map(admin.command("CLIENT", "LIST"), (reply) => {
    const counts = new Map<number, number>()
    for (const [, digits] of String(reply).matchAll(/ name=alerter:test:g(\d+) .* user=mutt_app /g)) {
      counts.set(Number(digits), (counts.get(Number(digits)) ?? 0) + 1)
    }
    return counts
  })

/** Waits until both the process and the server say that so many connections are of this generation, and no other is open. */
const allAre = Effect.fnUntraced(
  function*(redis: Redis["Service"], admin: Redis["Service"], generation: number, count: number) {
    const want = [[generation, count]]
    yield* eventually(Effect.gen(function*() {
      const said = [...(yield* redis.connections)]
      const seen = [...(yield* listed(admin))]
      if (JSON.stringify([said, seen]) !== JSON.stringify([want, want])) return yield* Effect.fail({ said, seen })
    }))
  }
)

/** Everything the server is told meanwhile, as its MONITOR shows it. */
const monitored = (server: RedisServer) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly text: () => string; readonly close: () => void }>((resume) => {
      let text = ""
      const socket = createConnection({ host: server.host, port: server.port })
      socket.on("data", (chunk) => {
        if (text === "") resume(Effect.succeed({ text: () => text, close: () => socket.destroy() }))
        text += chunk.toString()
      })
      socket.write(`AUTH default ${new URL(server.adminUrl).password}\r\nMONITOR\r\n`)
    }),
    ({ close }) => Effect.sync(close)
  )

/** What happens to open connections when the password changes, on every server we support. */
export const redisRotationSuite = (flavour: "redis" | "valkey") => {
  const world = Layer.mergeAll(
    Layer.effect(Server, redisServer({ flavour, wideRights: true })),
    Layer.succeed(RedisDeadline, 3_000),
    Logger.layer([])
  )
  layer(world, { excludeTestServices: true })(`Rotation of Redis's password, on ${flavour}`, (it) => {
    it.effect("moves every open connection: no command fails, no blocked read is disturbed, no message is lost", () =>
      Effect.gen(function*() {
        const old = (yield* Server).password
        const { redis, server, store } = yield* start({ REDIS_PASS_CURRENT: old })
        const monitor = yield* monitored(server)
        const admin = yield* setPasswords(old)

        const { heard, subscribed } = yield* listen(redis, "t:news")
        const session = yield* redis.ownConnection
        yield* session.command("DEL", "t:stream")
        yield* session.command("XGROUP", "CREATE", "t:stream", "g", "0", "MKSTREAM")
        const ids = [yield* redis.command("CLIENT", "ID"), yield* session.command("CLIENT", "ID")]
        const read = session.command(
          "XREADGROUP",
          "GROUP",
          "g",
          "c",
          "COUNT",
          1,
          "BLOCK",
          700,
          "STREAMS",
          "t:stream",
          ">"
        )
        const done = yield* Deferred.make<void>()
        const entries = yield* Ref.make(0)
        const reader = yield* Effect.forkChild(
          Effect.tap(read, (reply) => reply === null ? Effect.void : Ref.update(entries, (n) => n + 1)).pipe(
            Effect.repeat({ until: () => Deferred.isDone(done) })
          )
        )
        let said = 0
        const speaker = yield* Effect.forkChild(
          Effect.gen(function*() {
            assert.isAtLeast(Number(yield* redis.command("PUBLISH", "t:news", String(++said))), 1, "nobody listens")
            yield* Effect.sleep("1 millis")
          }).pipe(Effect.repeat({ until: () => Deferred.isDone(done) }))
        )

        yield* allAre(redis, admin, 1, 3)
        yield* store.set({ REDIS_PASS_CURRENT: old, REDIS_PASS_NEXT: "fresh" })
        yield* allAre(redis, admin, 2, 3)
        yield* admin.command("ACL", "SETUSER", server.user, ">fresh")
        yield* store.set({ REDIS_PASS_CURRENT: "fresh" })
        yield* allAre(redis, admin, 3, 3)
        yield* admin.command("ACL", "SETUSER", server.user, `<${old}`)
        yield* redis.command("XADD", "t:stream", "*", "e", "1")

        yield* eventually(Effect.flatMap(Ref.get(entries), (n) => n === 1 ? Effect.void : Effect.fail("not yet")))
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(reader)
        yield* Fiber.join(speaker)
        yield* eventually(Effect.suspend(() => heard.size === said ? Effect.void : Effect.fail("not yet")))
        assert.isAbove(said, 10)
        assert.isAtLeast(subscribed(), 3)
        assert.deepStrictEqual(
          [yield* redis.command("CLIENT", "ID"), yield* session.command("CLIENT", "ID")],
          ids,
          "connections were closed"
        )
        assert.deepStrictEqual(yield* admin.command("ACL", "LOG"), [])
        assert.include(monitor.text(), "\"HELLO\" \"2\" \"AUTH\" \"(redacted)\"")
        assert.notInclude(monitor.text(), `"${old}"`)
        assert.notInclude(monitor.text(), "\"fresh\"")
      }))

    it.effect("leaves a connection as it is when the new password is refused, and moves it when the server is corrected", () =>
      Effect.gen(function*() {
        const { redis, server, store } = yield* start({ REDIS_PASS_CURRENT: (yield* Server).password })
        const admin = yield* setPasswords(server.password)
        const session = yield* redis.ownConnection
        yield* allAre(redis, admin, 1, 2)
        yield* admin.command("ACL", "LOG", "RESET")
        yield* store.set({ REDIS_PASS_CURRENT: "not yet" })
        yield* eventually(
          Effect.flatMap(
            admin.command("ACL", "LOG"),
            (log) => Array.isArray(log) && log.length > 0 ? Effect.void : Effect.fail("not refused yet")
          )
        )

        assert.strictEqual(yield* redis.command("ACL", "WHOAMI"), server.user)
        assert.strictEqual(yield* session.command("ACL", "WHOAMI"), server.user)
        assert.deepStrictEqual(yield* redis.connections, new Map([[1, 2]]))
        yield* eventually(
          Effect.flatMap(
            redis.status,
            ({ connected, detail, refused }) =>
              connected && refused && /REDIS_PASS .*was refused/.test(detail) ? Effect.void : Effect.fail(detail)
          )
        )

        yield* admin.command("ACL", "SETUSER", server.user, ">not yet")
        yield* allAre(redis, admin, 2, 2)
        assert.deepInclude(yield* redis.status, { refused: false, detail: "" })
      }))

    it.effect("goes to NEXT in place when CURRENT is refused", () =>
      Effect.gen(function*() {
        const { redis, server, store } = yield* start({ REDIS_PASS_CURRENT: (yield* Server).password })
        const admin = yield* setPasswords(server.password, "next")
        const id = yield* redis.command("CLIENT", "ID")
        yield* store.set({ REDIS_PASS_CURRENT: "stale", REDIS_PASS_NEXT: "next" })
        yield* allAre(redis, admin, 2, 1)
        assert.strictEqual(yield* redis.command("CLIENT", "ID"), id)
        assert.strictEqual((yield* redis.status).slot, "NEXT")
      }))

    it.effect("keeps its subscriber while the new password is refused, and hears everything", () =>
      Effect.gen(function*() {
        const { redis, server, store } = yield* start({ REDIS_PASS_CURRENT: (yield* Server).password })
        const admin = yield* setPasswords(server.password)
        const heard: Array<string> = []
        yield* redis.subscribe("t:kept").pipe(
          Stream.runForEach((signal) => Effect.sync(() => heard.push(signal._tag === "message" ? signal.text : "."))),
          Effect.forkScoped
        )
        const hears = (text: string) =>
          eventually(Effect.suspend(() => heard.join(" ").endsWith(text) ? Effect.void : Effect.fail(heard)))
        yield* hears(".")
        yield* admin.command("ACL", "LOG", "RESET")
        yield* store.set({ REDIS_PASS_CURRENT: "not yet" })
        yield* eventually(
          Effect.flatMap(
            admin.command("ACL", "LOG"),
            (log) => Array.isArray(log) && log.length > 0 ? Effect.void : Effect.fail("not refused yet")
          )
        )
        yield* admin.command("PUBLISH", "t:kept", "still")
        yield* hears(". still")
        yield* admin.command("ACL", "SETUSER", server.user, ">not yet")
        yield* hears(". still .")
        yield* allAre(redis, admin, 2, 2)
        yield* admin.command("PUBLISH", "t:kept", "again")
        yield* hears(". still . again")
      }))
  })
}

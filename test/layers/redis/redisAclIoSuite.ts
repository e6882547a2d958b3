import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisAcl } from "../../../layers/redis/RedisAcl.ts"
import { type RedisServer, redisServer } from "../../support/servers.ts"
import { connected, redisAdmin } from "../connections.ts"
import { redisAclSuite, sha256, Users } from "./redisAclSuite.ts"

class Server extends Context.Service<Server, RedisServer & { readonly admin: string }>()("test/RedisServer") {}

const server = (flavour: "redis" | "valkey") =>
  Layer.effect(
    Server,
    Effect.map(redisServer({ flavour }), (server) => ({ ...server, admin: new URL(server.adminUrl).password }))
  )

const usersWith = Effect.fnUntraced(function*(secrets: Readonly<Record<string, string>>, port?: number) {
  const { port: right, user } = yield* Server
  const { users } = yield* connected({ redis: { port: port ?? right, username: user } }, secrets)
  return yield* Effect.provide(RedisAcl, yield* Layer.build(users))
})

const users = Layer.effect(
  Users,
  Effect.gen(function*() {
    const { admin, port, user } = yield* Server
    const own = yield* redisAdmin(yield* Server)
    yield* own.command("ACL", "SETUSER", user, "resetpass", ">first")
    const users = yield* usersWith({ REDIS_ADMIN_PASS_CURRENT: "stale", REDIS_ADMIN_PASS_NEXT: admin })
    return { users, nodes: [`127.0.0.1:${port}`] }
  })
)

/** What the adapter promises on every server we support. */
export const redisAclIoSuite = (flavour: "redis" | "valkey") => {
  const world = users.pipe(Layer.provideMerge(server(flavour)), Layer.provideMerge(Logger.layer([])))
  layer(world, { excludeTestServices: true })(`Redis users on ${flavour}`, (it) => {
    redisAclSuite(it)

    it.effect("knows when the administrator logs in as the same user", () =>
      Effect.gen(function*() {
        const { user } = yield* Server
        const own = yield* usersWith({ REDIS_ADMIN_PASS: "any" })
        assert.isFalse(yield* own.administratorToo)
        const shared = yield* usersWith({ REDIS_ADMIN_PASS: "any", REDIS_ADMIN_USER: user })
        assert.isTrue(yield* shared.administratorToo)
      }))

    it.effect("lists every connection with its name and user", () =>
      Effect.gen(function*() {
        const { port, user } = yield* Server
        const { redis } = yield* connected({ redis: { port, username: user } }, { REDIS_PASS: "first" })
        yield* Effect.provide(Redis.use((it) => it.command("PING")), yield* Layer.build(redis))
        const seen = yield* (yield* Users).users.clients
        const ours = seen.filter(({ name }) => name === "alerter:test:g1")
        assert.isTrue(ours.some((client) => client.user === user && client.id > 0), JSON.stringify(seen))
        assert.isTrue(seen.some((client) => client.name === "alerter:test:admin" && client.user === "default"))
      }))

    it.effect("keeps what it changed over a restart", () =>
      Effect.gen(function*() {
        const { start, stop } = yield* Server
        const { users } = yield* Users
        yield* users.addPassword(sha256("kept"))
        yield* Effect.andThen(stop, start)
        for (const held of (yield* users.passwords).values()) assert.isTrue(held.has(sha256("kept")))
        yield* users.removePassword(sha256("kept"))
      }))

    it.effect("means the default user where none is named, and says when nothing keeps the change", () =>
      Effect.gen(function*() {
        const { adminUrl, port } = yield* redisServer({ flavour, settings: { aclfile: "" } })
        const { password } = new URL(adminUrl)
        const { users } = yield* connected({ redis: { port } }, { REDIS_ADMIN_PASS: password })
        const service = yield* Effect.provide(RedisAcl, yield* Layer.build(users))
        const node = `127.0.0.1:${port}`
        assert.deepStrictEqual(yield* service.addPassword(sha256(password)), [
          { node, saved: false, detail: "no ACL file is configured" }
        ])
        assert.deepStrictEqual(yield* service.passwords, new Map([[node, new Set([sha256(password)])]]))
      }))

    it.effect("says why it could not: no credential, a refused one, one that may not, no server", () =>
      Effect.gen(function*() {
        const { admin, user } = yield* Server
        const reasons = [
          [{}, undefined, "absent"],
          [{ REDIS_ADMIN_PASS: "wrong" }, undefined, "refused"],
          [{ REDIS_ADMIN_USER: user, REDIS_ADMIN_PASS: "first" }, undefined, "forbidden"],
          [{ REDIS_ADMIN_PASS: admin }, 1, "unavailable"]
        ] as const
        for (const [secrets, port, reason] of reasons) {
          const users = yield* usersWith(secrets, port)
          const error = yield* Effect.flip(users.addPassword(sha256("more")))
          assert.strictEqual(error.reason, reason)
          assert.notInclude(`${String(error)} ${JSON.stringify(error)}`, "wrong")
        }
        for (const held of (yield* (yield* Users).users.passwords).values()) {
          assert.deepStrictEqual(held, new Set([sha256("first")]))
        }
      }))
  })
}

import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Logger, Redacted, Ref } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisAcl } from "../../../layers/redis/RedisAcl.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import { eventually } from "../../support/eventually.ts"
import { connected } from "../connections.ts"
import { listen } from "./harness.ts"
import { redisCluster } from "./nodes.ts"
import { sha256 } from "./redisAclSuite.ts"

type Nodes = Effect.Success<ReturnType<typeof redisCluster>>
class Cluster extends Context.Service<Cluster, Nodes>()("test/RedisCluster") {}

const start = Effect.fnUntraced(function*(secrets?: Readonly<Record<string, string>>) {
  const { nodes, passwords } = yield* Cluster
  const { redis, store, users } = yield* connected(
    // The first one is nobody.
    {
      redis: {
        username: "mutt_app",
        cluster: [{ host: "127.0.0.1", port: 1 }, ...nodes.slice(0, 1).map(({ address }) => address)]
      }
    },
    { REDIS_PASS_CURRENT: passwords.app, REDIS_ADMIN_PASS: passwords.admin, ...secrets }
  )
  return {
    store,
    redis: yield* Effect.provide(Redis, yield* Layer.build(redis)),
    users: yield* Effect.provide(RedisAcl, yield* Layer.build(users))
  }
})

/** Keys that fall to each of the nodes. */
const keys = ["t:{a}", "t:{b}", "t:{c}", "t:{d}", "t:{e}", "t:{f}", "t:{g}", "t:{h}"]

const poll = (ok: () => boolean, what: () => unknown) =>
  eventually(Effect.suspend(() => ok() ? Effect.void : Effect.fail(what())))

/** What is promised when Redis is a Redis Cluster. */
export const redisClusterSuite = (flavour: "redis" | "valkey") => {
  const world = Layer.mergeAll(
    Layer.effect(Cluster, Effect.orDie(redisCluster(flavour, true))),
    Layer.succeed(RedisDeadline, 3_000)
  ).pipe(Layer.provideMerge(Logger.layer([])))
  layer(world, { excludeTestServices: true })(`Redis Cluster of ${flavour}`, (it) => {
    it.effect("sends commands and scripts to the nodes that hold their keys, also to one that forgot the script", () =>
      Effect.gen(function*() {
        const { nodes } = yield* Cluster
        const { redis } = yield* start()
        const script = { name: "keep", lua: "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])" }
        for (let round = 0; round < 2; round++) {
          for (const key of keys) {
            yield* redis.command("SET", key, "x")
            assert.strictEqual(yield* redis.script(script, [key], [`${key}${round}`]), `${key}${round}`)
            assert.strictEqual(yield* redis.command("GET", key), `${key}${round}`)
          }
          for (const { admin } of nodes) yield* admin.command("SCRIPT", "FLUSH")
        }
        for (const { admin } of nodes) assert.isAbove(Number(yield* admin.command("DBSIZE")), 0)
        assert.strictEqual(yield* redis.command("PING"), "PONG")
        assert.isTrue((yield* redis.status).connected)
      }))

    it.effect("follows a slot that moves, and one that is on its way", () =>
      Effect.gen(function*() {
        const { nodes } = yield* Cluster
        const { redis } = yield* start()
        yield* redis.command("SET", "t:{a}", "before")
        const slot = String(yield* redis.command("CLUSTER", "KEYSLOT", "t:{a}"))
        const ids = yield* Effect.forEach(nodes, ({ admin }) => Effect.map(admin.command("CLUSTER", "MYID"), String))
        const from = (yield* Effect.forEach(nodes, ({ admin }) => admin.command("CLUSTER", "COUNTKEYSINSLOT", slot)))
          .findIndex((count) => Number(count) > 0)
        const to = (from + 1) % nodes.length
        const [source, target] = [nodes[from], nodes[to]]
        if (source === undefined || target === undefined) return assert.fail("no owner")
        yield* target.admin.command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[from] ?? "")
        yield* source.admin.command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[to] ?? "")
        // The key is not here any more, and the slot still is: ASK.
        yield* source.admin.command("DEL", "t:{a}")
        assert.strictEqual(yield* redis.command("SET", "t:{a}", "asked"), "OK")
        assert.strictEqual(yield* redis.command("GET", "t:{a}"), "asked")
        assert.strictEqual(Number(yield* target.admin.command("CLUSTER", "COUNTKEYSINSLOT", slot)), 1)
        for (const { admin } of [target, source, ...nodes]) {
          yield* admin.command("CLUSTER", "SETSLOT", slot, "NODE", ids[to] ?? "")
        }
        assert.strictEqual(yield* redis.command("GET", "t:{a}"), "asked")
        yield* redis.command("SET", "t:{a}", "moved")
        assert.strictEqual(yield* redis.command("GET", "t:{a}"), "moved")
        // What waits for replicas follows too, as a whole; here it waits for the disk of the primary.
        const script = { name: "add", lua: "return redis.call('APPEND', KEYS[1], ARGV[1])" }
        const added = () => redis.durable(script, ["t:{a}"], ["x"], { replicas: 0, timeoutMs: 500 })
        assert.strictEqual((yield* added()).reply, 6)
        yield* target.admin.command("DEL", "t:{a}")
        // What the target said of its slot before may arrive after this. The newer epoch wins: without it each of the two
        // may take the other for the owner, for good.
        yield* source.admin.command("CLUSTER", "BUMPEPOCH")
        for (const { admin } of [source, target, ...nodes]) {
          yield* admin.command("CLUSTER", "SETSLOT", slot, "NODE", ids[from] ?? "")
        }
        const [back, again] = [yield* added(), yield* added()]
        assert.deepStrictEqual([back.reply, back.local, again.reply], [1, 1, 2])
      }))

    it.effect("survives a change of the password on every node: no command fails, no read is disturbed, no message is lost", () =>
      Effect.gen(function*() {
        const { nodes, passwords } = yield* Cluster
        const { redis, store, users } = yield* start()
        const { heard } = yield* listen(redis, "t:news")
        const session = yield* redis.ownConnection
        yield* session.command("XGROUP", "CREATE", "t:{s}", "g", "0", "MKSTREAM")
        const done = yield* Deferred.make<void>()
        const entries = yield* Ref.make(0)
        const reader = yield* Effect.forkChild(
          session.command("XREADGROUP", "GROUP", "g", "c", "COUNT", 1, "BLOCK", 400, "STREAMS", "t:{s}", ">").pipe(
            Effect.tap((reply) => reply === null ? Effect.void : Ref.update(entries, (n) => n + 1)),
            Effect.repeat({ until: () => Deferred.isDone(done) })
          )
        )
        let said = 0
        const worker = yield* Effect.forkChild(
          Effect.gen(function*() {
            for (const key of keys) yield* redis.command("INCR", `n:${key}`)
            yield* redis.command("PUBLISH", "t:news", String(++said))
            yield* Effect.sleep("1 millis")
          }).pipe(Effect.repeat({ until: () => Deferred.isDone(done) }))
        )
        const allAre = (generation: number) =>
          eventually(Effect.gen(function*() {
            const counts = [...(yield* redis.connections)]
            const seen = (yield* users.clients).filter(({ name, user }) => user === "mutt_app" && /:g\d+$/.test(name))
            const names = [...new Set(seen.map(({ name }) => name))]
            // One to each node, one that listens, one that reads.
            const ok = counts.length === 1 && counts[0]?.[0] === generation && counts[0][1] === seen.length &&
              seen.length === 5 && names.length === 1 && names[0] === `alerter:test:g${generation}`
            if (!ok) return yield* Effect.fail({ counts, names })
          }))

        yield* allAre(1)
        assert.strictEqual((yield* users.addPassword(sha256("fresh"))).length, 3)
        yield* store.set({ REDIS_PASS_CURRENT: "fresh", REDIS_ADMIN_PASS: passwords.admin })
        yield* allAre(2)
        yield* users.removePassword(sha256(passwords.app))
        yield* redis.command("XADD", "t:{s}", "*", "e", "1")
        yield* eventually(Effect.flatMap(Ref.get(entries), (n) => n === 1 ? Effect.void : Effect.fail(n)))
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(reader)
        yield* Fiber.join(worker)
        yield* poll(() => heard.size === said, () => [heard.size, said])
        assert.isAbove(said, 10)
        for (const held of (yield* users.passwords).values()) assert.deepStrictEqual(held, new Set([sha256("fresh")]))

        yield* users.addPassword(sha256(passwords.app))
        yield* users.removePassword(sha256("fresh"))
        void nodes
      }))

    it.effect("asks every node how it keeps what it is told", () =>
      Effect.gen(function*() {
        const { nodes: [, second] } = yield* Cluster
        if (second === undefined) return yield* Effect.die("no second node")
        const { redis } = yield* start()
        assert.deepStrictEqual(yield* redis.durabilityProblems(0), [])
        yield* second.admin.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        const problems = yield* redis.durabilityProblems(0)
        yield* second.admin.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        assert.deepStrictEqual(problems.map(({ node, severity }) => [node, severity]), [[second.name, "loses"]])
      }))

    it.effect("proves a password on every node, and falls back on every node", () =>
      Effect.gen(function*() {
        const { nodes, passwords } = yield* Cluster
        const { redis } = yield* start({ REDIS_PASS_CURRENT: "stale", REDIS_PASS_NEXT: passwords.app })
        for (const key of keys) yield* redis.command("SET", key, "1")
        assert.strictEqual((yield* redis.status).slot, "NEXT")
        const candidate = (value: string) => ({ slot: "NEXT", value: Redacted.make(value), fingerprint: "" } as const)
        yield* redis.prove(candidate(passwords.app))
        yield* nodes[0]?.admin.command("ACL", "SETUSER", "mutt_app", ">half") ?? Effect.void
        const error = yield* Effect.flip(redis.prove(candidate("half")))
        assert.strictEqual(error.reason, "refused")
        yield* nodes[0]?.admin.command("ACL", "SETUSER", "mutt_app", "<half") ?? Effect.void
      }))
  })
}

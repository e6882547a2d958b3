import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer, Logger, Redacted, Stream } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisAcl } from "../../../layers/redis/RedisAcl.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import { eventually, until } from "../../support/eventually.ts"
import { connected } from "../connections.ts"
import { listen } from "./harness.ts"
import { redisSentinel } from "./nodes.ts"
import { sha256 } from "./redisAclSuite.ts"

type Nodes = Effect.Success<ReturnType<typeof redisSentinel>>
class Servers extends Context.Service<Servers, Nodes>()("test/RedisSentinel") {}

const start = Effect.fnUntraced(function*({ passwords, sentinel }: Nodes, secrets?: Readonly<Record<string, string>>) {
  const nodes = [1, sentinel.port].map((port) => ({ host: "127.0.0.1", port }))
  const { redis, store, users } = yield* connected(
    // The first sentinel is nobody.
    { redis: { username: "mutt_app", sentinels: { master: sentinel.master, nodes } } },
    {
      REDIS_PASS_CURRENT: passwords.app,
      REDIS_ADMIN_PASS: passwords.admin,
      REDIS_SENTINEL_PASS_CURRENT: "stale",
      REDIS_SENTINEL_PASS_NEXT: sentinel.password,
      ...secrets
    }
  )
  return {
    store,
    redis: yield* Effect.provide(Redis, yield* Layer.build(redis)),
    users: yield* Effect.provide(RedisAcl, yield* Layer.build(users))
  }
})

const poll = (ok: () => boolean, what: () => unknown) =>
  eventually(Effect.suspend(() => ok() ? Effect.void : Effect.fail(what())))

/** What is promised when sentinels say where Redis is. */
export const redisSentinelSuite = (flavour: "redis" | "valkey") => {
  const world = Layer.mergeAll(
    Layer.effect(Servers, Effect.orDie(redisSentinel(flavour, 2_000, true))),
    Layer.succeed(RedisDeadline, 3_000)
  ).pipe(Layer.provideMerge(Logger.layer([])))
  layer(world, { excludeTestServices: true })(`Redis behind sentinels, of ${flavour}`, (it) => {
    it.effect("asks the master for its replicas, and both how they keep what they are told", () =>
      Effect.gen(function*() {
        const { first, second } = yield* Servers
        const { redis } = yield* start(yield* Servers)
        // On a busy machine the replica's disk is behind at first.
        yield* until(redis.durabilityProblems(1), (problems) => problems.length === 0)
        yield* second.admin.command("CONFIG", "SET", "appendonly", "no")
        const problems = yield* until(redis.durabilityProblems(2), (problems) => problems.length === 2)
        yield* second.admin.command("CONFIG", "SET", "appendonly", "yes")
        assert.sameDeepMembers(problems.map(({ node, text }) => [node, text.split(":")[0]]), [
          [first.name, "it has 1 of the 2 replicas that INGEST_DURABILITY asks for"],
          [second.name, "it writes no append-only file"]
        ])
      }))

    it.effect("proves a password on the master and its replicas, and changes it on both under load without a failure", () =>
      Effect.gen(function*() {
        const { first, passwords, second, sentinel } = yield* Servers
        const { redis, store, users } = yield* start(yield* Servers)
        const secrets = { REDIS_ADMIN_PASS: passwords.admin, REDIS_SENTINEL_PASS: sentinel.password }
        const script = { name: "one", lua: "return redis.call('INCR', KEYS[1])" }
        const session = yield* redis.ownConnection
        const { heard } = yield* listen(redis, "t:news")
        const done = yield* Deferred.make<void>()
        let said = 0
        const worker = yield* Effect.forkChild(
          Effect.gen(function*() {
            yield* redis.script(script, ["t:n"], [])
            yield* session.command("BLPOP", "t:none", 0.05)
            assert.isAtLeast(Number(yield* redis.command("PUBLISH", "t:news", String(++said))), 1)
          }).pipe(Effect.repeat({ until: () => Deferred.isDone(done) }))
        )
        const allAre = (generation: number) =>
          eventually(Effect.gen(function*() {
            const counts = [...(yield* redis.connections)]
            const names = (yield* users.clients).filter(({ user }) => user === "mutt_app").map(({ name }) => name)
            const ok = counts.length === 1 && counts[0]?.[0] === generation && counts[0][1] === 3 &&
              names.length === 3 && names.every((name) => name === `alerter:test:g${generation}`)
            if (!ok) return yield* Effect.fail({ counts, names })
          }))

        yield* allAre(1)
        const candidate = { slot: "NEXT", value: Redacted.make("fresh"), fingerprint: "" } as const
        yield* first.admin.command("ACL", "SETUSER", "mutt_app", ">fresh")
        const error = yield* Effect.flip(redis.prove(candidate))
        assert.deepStrictEqual([error.reason, error.detail.startsWith(second.name)], ["refused", true])
        const changed = yield* users.addPassword(sha256("fresh"))
        assert.deepStrictEqual(changed.map(({ node }) => node).sort(), [first.name, second.name].sort())
        yield* redis.prove(candidate)
        yield* store.set({ ...secrets, REDIS_PASS_CURRENT: "fresh" })
        yield* allAre(2)
        yield* users.removePassword(sha256(passwords.app))
        // The load goes on by the new password.
        const before = said
        yield* poll(() => said > before + 10, () => said)
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(worker)
        yield* poll(() => heard.size === said, () => [heard.size, said])
        yield* users.addPassword(sha256(passwords.app))
      }))

    it.effect("follows a failover when the master dies", () =>
      Effect.gen(function*() {
        const { first, second } = yield* Servers
        const { redis } = yield* start(yield* Servers)
        let subscribed = 0
        yield* redis.subscribe("t:state").pipe(
          Stream.runForEach(({ _tag }) => Effect.sync(() => void (subscribed += _tag === "subscribed" ? 1 : 0))),
          Effect.forkScoped
        )
        const session = yield* redis.ownConnection
        yield* session.command("SET", "t:kept", "1")
        assert.strictEqual(Number(yield* redis.command("WAIT", 1, 1_000)), 1)
        yield* poll(() => subscribed === 1, () => subscribed)

        yield* first.kill
        assert.strictEqual(yield* eventually(redis.command("SET", "t:after", "2")), "OK")
        assert.strictEqual(yield* second.admin.command("GET", "t:after"), "2")
        assert.strictEqual(yield* eventually(session.command("GET", "t:kept")), "1")
        yield* poll(() => subscribed === 2, () => subscribed)

        assert.strictEqual(yield* redis.command("GET", "t:kept"), "1")
      }))

    it.effect("follows when a master is made a replica, and hears of none of its refusals to write", () =>
      Effect.gen(function*() {
        // On a busy machine a node is silent for seconds, and nobody shall take this one back to the first.
        const servers = yield* Effect.orDie(redisSentinel(flavour, 60_000, true))
        const { second, sentinel } = servers
        const { redis } = yield* start(servers)
        const replies: Array<string> = []
        const done = yield* Deferred.make<void>()
        const worker = yield* Effect.forkChild(
          redis.command("INCR", "t:n").pipe(
            Effect.match({
              onFailure: ({ detail, reason }) => `${reason} ${detail}`,
              onSuccess: () => "ok"
            }),
            Effect.map((text) => void replies.push(text)),
            Effect.andThen(Effect.sleep("2 millis")),
            Effect.repeat({ until: () => Deferred.isDone(done) })
          )
        )
        // It gives up a failover that lasts too long, and says so to nobody.
        yield* eventually(
          Effect.gen(function*() {
            const info = String(yield* second.admin.command("INFO", "replication"))
            if (info.includes("role:master")) return
            yield* sentinel.admin.command("SENTINEL", "FAILOVER", sentinel.master)
            return yield* Effect.fail(info)
          })
        )
        yield* eventually(
          Effect.flatMap(
            redis.command("CLIENT", "INFO"),
            (info) => String(info).includes(`laddr=${second.name}`) ? Effect.void : Effect.fail(info)
          )
        )
        yield* redis.command("SET", "t:there", "3")
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(worker)
        assert.strictEqual(yield* second.admin.command("GET", "t:there"), "3")
        // What was under way when the old master let go of its clients may or may not have happened. Nobody hears of a replica.
        assert.deepStrictEqual(
          replies.filter((reply) => /^(?:reply|refused)/.test(reply)),
          []
        )
      }))

    it.effect("says that no sentinel names the master", () =>
      Effect.gen(function*() {
        const { redis, users } = yield* start(yield* Servers, {
          REDIS_SENTINEL_PASS_CURRENT: "x",
          REDIS_SENTINEL_PASS_NEXT: "y"
        })
        const error = yield* Effect.flip(redis.command("PING"))
        assert.strictEqual(error.reason, "unavailable")
        assert.include(error.detail, "no sentinel names the master")
        assert.strictEqual((yield* Effect.flip(users.clients)).reason, "unavailable")
      }).pipe(Effect.provideService(RedisDeadline, 1_500)))
  })
}

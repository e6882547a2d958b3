import { assert, it } from "@effect/vitest"
import { Clock, Effect, Layer, Logger } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { eventually } from "../../support/eventually.ts"
import { redisServer, secret } from "../../support/servers.ts"
import { connected, redisAdmin, tcpProxy } from "../connections.ts"

const script = { name: "keep", lua: "return redis.call('INCR', KEYS[1])" }

/** A primary, and a replica behind a proxy that can be frozen, with the connection as a program has it. */
const pair = Effect.fnUntraced(function*(flavour: "redis" | "valkey", settings: Readonly<Record<string, string>> = {}) {
  const passwords = { admin: secret(), app: secret() }
  const primary = yield* redisServer({
    wideRights: true,
    flavour,
    passwords,
    settings: { "repl-diskless-sync-delay": "0", "shutdown-timeout": "0" }
  })
  const replica = yield* redisServer({
    flavour,
    wideRights: true,
    passwords,
    settings: { masterauth: passwords.admin, ...settings }
  })
  const proxy = yield* tcpProxy(primary.port)
  const [admin, other] = [yield* redisAdmin(primary), yield* redisAdmin(replica)]
  yield* other.command("REPLICAOF", "127.0.0.1", proxy.port)
  yield* eventually(
    Effect.flatMap(
      other.command("INFO", "replication"),
      (text) => String(text).includes("master_link_status:up") ? Effect.void : Effect.fail(text)
    )
  )
  const { redis } = yield* connected({ redis: { port: primary.port, username: primary.user } }, {
    REDIS_PASS: primary.password
  })
  return { admin, proxy, redis: yield* Effect.provide(Redis, yield* Layer.build(redis)) }
})

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const started = yield* Clock.currentTimeMillis
    const made = yield* effect
    return [made, (yield* Clock.currentTimeMillis) - started] as const
  })

/** What a script that waits for replicas promises of a real server. */
export const durableSuite = (flavour: "redis" | "valkey", waitAof: boolean) => {
  it.live(`${flavour}: tells that a replica has what a script wrote, also when the server forgot the script`, () =>
    Effect.gen(function*() {
      const { admin, redis } = yield* pair(flavour)
      const once = redis.durable(script, ["{d}:n"], [], { replicas: 1, timeoutMs: 2_000 })
      assert.deepStrictEqual(yield* once, { reply: 1, local: 1, replicas: 1 })
      yield* admin.command("SCRIPT", "FLUSH")
      assert.deepStrictEqual(yield* once, { reply: 2, local: 1, replicas: 1 })
      const many = yield* Effect.forEach(Array.from({ length: 20 }), () => once, { concurrency: "unbounded" })
      assert.sameMembers(many.map(({ reply }) => reply), Array.from({ length: 20 }, (_, index) => index + 3))
      assert.isTrue(many.every(({ local, replicas }) => local === 1 && replicas === 1))
      // Three for those who wait; and the one for all else.
      assert.deepStrictEqual([...(yield* redis.connections).values()], [4])
    }).pipe(Effect.provide(Logger.layer([]))))

  it.live(`${flavour}: says in time that no replica has it, and goes on when one has`, () =>
    Effect.gen(function*() {
      const { proxy, redis } = yield* pair(flavour)
      const once = redis.durable(script, ["{d}:n"], [], { replicas: 1, timeoutMs: 1_000 })
      yield* once
      proxy.freeze()
      for (const reply of [2, 3]) {
        const [answer, ms] = yield* timed(once)
        assert.deepStrictEqual([answer.reply, answer.replicas], [reply, 0])
        // The waits have one time limit together.
        assert.isBelow(ms, 1_800)
      }
      const two = yield* redis.durable(script, ["{d}:n"], [], { replicas: 0, timeoutMs: 300 })
      assert.deepStrictEqual(two, { reply: 4, local: 1, replicas: two.replicas })
    }).pipe(Effect.provide(Logger.layer([]))))

  it.live(`${flavour}: ${waitAof ? "a replica without an append-only file does not count" : "a replica counts"}`, () =>
    Effect.gen(function*() {
      const { redis } = yield* pair(flavour, { appendonly: "no" })
      const { replicas } = yield* redis.durable(script, ["{d}:n"], [], { replicas: 1, timeoutMs: 500 })
      assert.strictEqual(replicas, waitAof ? 0 : 1)
    }).pipe(Effect.provide(Logger.layer([]))))

  const late = ["weaker: its replicas are silent, or have on their disks too late what it told them"]
  const problems = (redis: Redis["Service"], replicas: number) =>
    Effect.map(
      redis.durabilityProblems(replicas),
      (all) => all.map(({ severity, text }) => `${severity}: ${text.split(":")[0]}`)
    )

  it.live(`${flavour}: a replica that confirms in time shows no problem, and one that is frozen is found`, () =>
    Effect.gen(function*() {
      const { proxy, redis } = yield* pair(flavour)
      assert.deepStrictEqual(yield* problems(redis, 1), [])
      proxy.freeze()
      assert.deepStrictEqual(yield* problems(redis, 1), late)
      // It is nobody's business when no 2xx waits for it.
      assert.deepStrictEqual(yield* problems(redis, 0), [])
    }).pipe(Effect.provide(Logger.layer([]))))

  const weak = [["appendonly", "no"], ["appendfsync", "everysec"]] as const
  it.live.each(weak)(
    `${flavour}: a replica with %s %s ${waitAof ? "is found" : "can't be seen"}`,
    ([name, value]) =>
      Effect.gen(function*() {
        const { redis } = yield* pair(flavour, { [name]: value })
        assert.deepStrictEqual(yield* problems(redis, 1), waitAof ? late : [])
      }).pipe(Effect.provide(Logger.layer([])))
  )
}

import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { onEachRedis } from "../../support/needs.ts"
import { redisServer } from "../../support/servers.ts"
import { connected, redisAdmin } from "../connections.ts"
import { ownMetrics, seriesOf } from "../telemetry/seriesOf.ts"

const start = Effect.fnUntraced(function*(
  flavour: "redis" | "valkey",
  settings: Readonly<Record<string, string>> = {}
) {
  const server = yield* redisServer({ flavour, settings })
  const { redis } = yield* connected({ redis: { port: server.port, username: server.user } }, {
    REDIS_PASS: server.password
  })
  return { server, redis: yield* Effect.provide(Redis, yield* Layer.build(redis)) }
})

onEachRedis((flavour) => {
  it.live(`${flavour}: each script is timed by its name, one that fails too`, () =>
    ownMetrics(Effect.gen(function*() {
      const { redis } = yield* start(flavour)
      const keys = ["mutt:{config}:measured"]
      const good = { name: "test.good", lua: "return redis.call('HSET', KEYS[1], 'a', '1')" }
      yield* redis.script(good, keys, [])
      yield* redis.script(good, keys, [])
      yield* redis.durable(good, keys, [], { replicas: 0, timeoutMs: 100 })
      yield* Effect.flip(redis.script({ name: "test.bad", lua: "return redis.error_reply('NO')" }, keys, []))
      assert.deepStrictEqual(yield* seriesOf("mutt_redis_script_seconds"), { "test.good": 3, "test.bad": 1 })
    })))

  it.live(`${flavour}: a node tells how much room it has, to a user who may not read its configuration`, () =>
    Effect.gen(function*() {
      const { redis, server } = yield* start(flavour, { maxmemory: "100mb" })
      const [state, ...more] = yield* redis.nodeStates
      assert.deepStrictEqual(more, [])
      assert.deepStrictEqual([state?.node, state?.mostBytes, state?.failing], [
        `127.0.0.1:${server.port}`,
        104_857_600,
        { append: false, rewrite: false, snapshot: false }
      ])
      assert.isAbove(state?.usedBytes ?? 0, 500_000)
      const admin = yield* redisAdmin(server)
      yield* admin.command("SET", "big", "x".repeat(2_000_000))
      const [later] = yield* redis.nodeStates
      assert.isAbove(later?.usedBytes ?? 0, (state?.usedBytes ?? 0) + 1_900_000)
      assert.isAbove(later?.appendOnlyBytes ?? 0, (state?.appendOnlyBytes ?? 0) + 1_900_000)
    }))

  it.live(`${flavour}: without a limit and an append-only file, the machine's memory is the limit`, () =>
    Effect.gen(function*() {
      const { redis } = yield* start(flavour, { appendonly: "no" })
      const [state] = yield* redis.nodeStates
      assert.isUndefined(state?.appendOnlyBytes)
      assert.isAbove(state?.mostBytes ?? 0, 100_000_000)
    }))

  it.live(`${flavour}: a node that is away is left out`, () =>
    Effect.gen(function*() {
      const { redis, server } = yield* start(flavour)
      yield* server.stop
      assert.deepStrictEqual(yield* redis.nodeStates, [])
    }))
})

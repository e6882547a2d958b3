import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Redis } from "../../../layers/redis/Redis.ts"
import { redisServer } from "../../support/servers.ts"
import { connected } from "../connections.ts"

const problems = Effect.fnUntraced(function*(
  flavour: "redis" | "valkey",
  settings: Readonly<Record<string, string>>
) {
  const server = yield* redisServer({ flavour, settings })
  const { redis } = yield* connected({ redis: { port: server.port, username: server.user } }, {
    REDIS_PASS: server.password
  })
  const { durabilityProblems } = yield* Effect.provide(Redis, yield* Layer.build(redis))
  return (yield* durabilityProblems(0)).map(({ severity, text }) => `${severity}: ${text.split(":")[0]}`)
})

/** What a real server shows of how it keeps what it is told, to a user who may not read its configuration. */
export const durabilitySuite = (flavour: "redis" | "valkey", waitAof: boolean) => {
  it.live(`${flavour}: a server that keeps what it is told shows no problem`, () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems(flavour, {}), [])
    }))

  it.live(`${flavour}: appendfsync everysec ${waitAof ? "is found by writes that are late" : "can't be seen"}`, () =>
    Effect.gen(function*() {
      const found = ["weaker: it answers before its disk has what it was told"]
      assert.deepStrictEqual(yield* problems(flavour, { appendfsync: "everysec" }), waitAof ? found : [])
    }))

  it.live(`${flavour}: a server without an append-only file, and one that evicts, are found`, () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems(flavour, { appendonly: "no" }), [
        "loses: it writes no append-only file"
      ])
      assert.deepStrictEqual(yield* problems(flavour, { "maxmemory-policy": "allkeys-lru" }), [
        "loses: it may evict accepted events (allkeys-lru)"
      ])
    }))
}

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { Redis } from "../../../layers/redis/Redis.ts"
import { connected } from "../connections.ts"

describe("a command while there is no Redis", () => {
  it.effect("fails as unavailable after five seconds, and not before", () =>
    Effect.gen(function*() {
      const { redis } = yield* connected({}, { REDIS_PASS: "some" })
      const { command } = yield* Effect.provide(Redis, yield* Layer.build(redis))
      const ping = yield* Effect.forkChild(Effect.flip(command("PING")), { startImmediately: true })
      yield* TestClock.adjust("4999 millis")
      assert.isUndefined(ping.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.isDefined(ping.pollUnsafe())
      const { reason } = yield* Fiber.join(ping)
      assert.strictEqual(reason, "unavailable")
    }).pipe(Effect.provide(Logger.layer([]))))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Stream, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { AuthenticationLayer } from "../../../../layers/http/AuthenticationLayer.ts"
import type { ApiKey } from "../../../../layers/secret/Secrets.ts"
import { OpenStreams } from "../../../../services/web-ui/config/OpenStreams.ts"
import { WebUiSettings } from "../../../../services/web-ui/WebUiSettings.ts"
import type { Caller } from "../../../../src/domain/Role.ts"
import { keys, secretsOf, staticOf } from "../../../layers/http/harness.ts"
import { settingsOfTests } from "../settingsOfTests.ts"

const settings = Layer.succeed(WebUiSettings, {
  ...settingsOfTests,
  streamsMost: 3,
  streamsPerKey: 2,
  streamSeconds: 60
})

const request = (key: string) => ({ headers: { "x-api-key": key }, peerAddress: Option.some("192.0.2.1") })
const wall: Caller = { name: "wall", role: "viewer" }
const noc: Caller = { name: "noc", role: "operator" }

const start = Effect.gen(function*() {
  const ref = yield* SubscriptionRef.make<ReadonlyArray<ApiKey>>(keys)
  const context = yield* Layer.build(OpenStreams.layer.pipe(
    Layer.provide(AuthenticationLayer),
    Layer.provide([secretsOf(ref), staticOf("web-ui"), settings])
  ))
  const streams = yield* Effect.provide(OpenStreams, context)
  /** A stream that tells nothing and never ends by itself. */
  const guard = (caller: Caller) =>
    streams.guard(Stream.never, request(caller === wall ? "viewer-key-of-tests" : "operator-key-of-tests"), caller)
  const open = (caller: Caller) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkScoped(Stream.runDrain(yield* guard(caller)))
      yield* TestClock.adjust("1 millis")
      return fiber
    })
  const refusal = (caller: Caller) => Effect.map(Effect.flip(guard(caller)), ({ _tag }) => _tag)
  return { ref, guard, open, refusal }
})

describe("OpenStreams", () => {
  it.effect("are so many at most, of one key and in all, and make room when they end", () =>
    Effect.gen(function*() {
      const { open, refusal } = yield* start
      const first = yield* open(wall)
      yield* open(wall)
      assert.strictEqual(yield* refusal(wall), "StreamsFull")
      yield* open(noc)
      assert.strictEqual(yield* refusal(noc), "Unavailable")
      yield* Fiber.interrupt(first)
      yield* open(wall)
      assert.strictEqual(yield* refusal(noc), "Unavailable")
    }))

  it.effect("are counted apart for people who share a key", () =>
    Effect.gen(function*() {
      const { open, refusal } = yield* start
      const [anna, ben]: readonly [Caller, Caller] = [{ ...noc, person: "anna" }, { ...noc, person: "ben" }]
      yield* open(anna)
      yield* open(anna)
      assert.strictEqual(yield* refusal(anna), "StreamsFull")
      yield* open(ben)
      assert.strictEqual(yield* refusal(ben), "Unavailable")
    }))

  it.effect("that nobody reads hold no room, and of many begun at once no more are open than may be", () =>
    Effect.gen(function*() {
      const { guard } = yield* start
      const answers = yield* Effect.forEach(Array.from({ length: 10 }), () => guard(wall))
      const fibers = yield* Effect.forEach(answers, (stream) => Effect.forkScoped(Stream.runDrain(stream)))
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(fibers.filter((fiber) => fiber.pollUnsafe() === undefined), 2)
    }))

  it.effect("end with their key, and after their longest life", () =>
    Effect.gen(function*() {
      const { open, ref } = yield* start
      const [gone, goesOn] = [yield* open(wall), yield* open(noc)]
      yield* SubscriptionRef.set(ref, keys.filter(({ caller }) => caller.name !== "wall"))
      yield* Fiber.join(gone)
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(goesOn.pollUnsafe())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(goesOn)
    }))
})

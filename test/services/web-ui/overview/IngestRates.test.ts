import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Books } from "../../../../layers/queue/Books.ts"
import { QueueUnavailable } from "../../../../layers/queue/QueueUnavailable.ts"
import { IngestRates } from "../../../../services/web-ui/overview/IngestRates.ts"
import { makeDynamicConfigMemory } from "../../../layers/config/DynamicConfigMemory.ts"

const world = Effect.gen(function*() {
  const { layer, set } = yield* makeDynamicConfigMemory({ metrics_cache_ttl: 60 })
  const state = { reads: 0, away: false }
  const rates = Effect.suspend(() => {
    state.reads++
    return state.away
      ? Effect.fail(new QueueUnavailable({ operation: "rates", detail: "gone" }))
      : Effect.succeed({ minutes: [], hours: [], at: 0 })
  })
  const context = yield* Layer.build(IngestRates.layer.pipe(Layer.provide([layer, Layer.mock(Books, { rates })])))
  const { current } = yield* Effect.provide(IngestRates, context)
  return { current, set, state }
})

describe("the rates of intake", () => {
  it.effect("are read once in metrics_cache_ttl, however many ask", () =>
    Effect.gen(function*() {
      const { current, state } = yield* world
      yield* Effect.all([current, current, current], { concurrency: "unbounded" })
      yield* TestClock.adjust("59 seconds")
      yield* current
      assert.strictEqual(state.reads, 1)
      yield* TestClock.adjust("1 second")
      yield* current
      assert.strictEqual(state.reads, 2)
    }))

  it.effect("follow metrics_cache_ttl, also for what is kept already; 0 keeps nothing", () =>
    Effect.gen(function*() {
      const { current, set, state } = yield* world
      yield* current
      yield* TestClock.adjust("2 seconds")
      yield* set({ metrics_cache_ttl: 1 })
      yield* current
      assert.strictEqual(state.reads, 2)
      yield* set({ metrics_cache_ttl: 0 })
      yield* Effect.all([current, current])
      assert.strictEqual(state.reads, 4)
    }))

  it.effect("are asked for again after a failure", () =>
    Effect.gen(function*() {
      const { current, state } = yield* world
      state.away = true
      assert.strictEqual((yield* Effect.flip(current))._tag, "QueueUnavailable")
      state.away = false
      yield* current
      assert.strictEqual(state.reads, 2)
    }))
})

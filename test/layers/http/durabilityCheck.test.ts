import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { durabilityCheck } from "../../../layers/http/durabilityCheck.ts"
import { type DurabilityProblem, Redis, RedisFailed } from "../../../layers/redis/Redis.ts"

const loses: DurabilityProblem = { node: "r:1", severity: "loses", text: "it writes no append-only file" }
const weaker: DurabilityProblem = { node: "r:2", severity: "weaker", text: "it answers before its disk" }

/** A Redis whose nodes are as `now` says, and how often they were asked. */
const world = () => {
  const state = { now: [] as ReadonlyArray<DurabilityProblem> | "away", asked: 0 }
  const layer = Layer.mock(Redis, {
    durabilityProblems: () =>
      Effect.suspend(() => {
        state.asked++
        return state.now === "away"
          ? new RedisFailed({ operation: "INFO", reason: "unavailable", detail: "" })
          : Effect.succeed(state.now)
      })
  })
  return { state, layer }
}

describe("the check of durability", () => {
  it.effect("is down until Redis was asked, and then ok, asked anew each minute", () =>
    Effect.gen(function*() {
      const { layer, state } = world()
      state.now = "away"
      const { check } = yield* Effect.provide(durabilityCheck(true), layer)
      yield* TestClock.adjust(0)
      assert.strictEqual((yield* check).state, "down")
      state.now = []
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* check, { state: "ok", ageMs: 0 })
      const asked = state.asked
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(state.asked, asked)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(state.asked, asked + 1)
    }))

  it.effect("with required: a node that loses events is down, one that is weaker degraded, with the words what to do", () =>
    Effect.gen(function*() {
      const { layer, state } = world()
      state.now = [weaker]
      const { check, required } = yield* Effect.provide(durabilityCheck(true), layer)
      assert.isTrue(required)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* check, { state: "degraded", ageMs: 0, detail: weaker.text })
      state.now = [loses, { ...loses, node: "r:3" }, weaker]
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* check, { state: "down", ageMs: 0, detail: `${loses.text}; ${weaker.text}` })
    }))

  it.effect("sees within seconds that it was mended, and keeps what it knows while Redis is away", () =>
    Effect.gen(function*() {
      const { layer, state } = world()
      state.now = [loses]
      const { check } = yield* Effect.provide(durabilityCheck(true), layer)
      yield* TestClock.adjust(0)
      state.now = "away"
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* check, { state: "down", ageMs: 5_000, detail: loses.text })
      state.now = []
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* check, { state: "ok", ageMs: 0 })
    }))

  it.effect("with warn: the program stays ready", () =>
    Effect.gen(function*() {
      const { layer, state } = world()
      state.now = [loses]
      const { check, required } = yield* Effect.provide(durabilityCheck(false), layer)
      yield* TestClock.adjust(0)
      assert.isFalse(required)
      assert.deepStrictEqual(yield* check, { state: "degraded", ageMs: 0, detail: loses.text })
    }))
})

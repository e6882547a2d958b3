import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { type AlertBacklog, AlertQueue } from "../../../layers/queue/AlertQueue.ts"
import { makeBackpressure } from "../../../services/alerter/Backpressure.ts"
import { DynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"

const calm = { breaker: "closed", breakerFailures: 0, breakerOpenMs: 0 } as const

const under = (depth: number, mode: "defer" | "dlq") =>
  Effect.gen(function*() {
    const backpressure = yield* makeBackpressure
    return { look: yield* backpressure.measure, state: backpressure.state() }
  }).pipe(
    Effect.provide(Layer.mock(AlertQueue, { backlog: Effect.succeed<AlertBacklog>({ ...calm, depth }) })),
    Effect.provide(DynamicConfigMemory({
      alerter_queue_warn_threshold: 10,
      alerter_queue_shed_threshold: 20,
      alerter_shed_mode: mode,
      alerter_defer_sleep_ms: 70
    }))
  )

describe("alerts that wait for delivery", () => {
  it.effect("change nothing up to the warn threshold", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* under(10, "defer"), { look: { _tag: "go" }, state: { state: "ok" } })
    }))

  it.effect("are told of above it", () =>
    Effect.gen(function*() {
      const { look, state } = yield* under(20, "defer")
      assert.deepStrictEqual(look, { _tag: "go" })
      assert.deepStrictEqual(state, { state: "degraded", detail: "warn: 20 alerts wait for delivery" })
    }))

  it.effect("put reading off above the shed threshold", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* under(21, "defer")).look, { _tag: "defer", waitMs: 70 })
    }))

  it.effect("make new events dead letters above it, when that is the mode", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* under(21, "dlq")).look, { _tag: "shed", detail: "queue_depth_exceeded:21>20" })
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { boundsOf, bucketOf, latencyHistogram, takingMany } from "../../../layers/telemetry/latencyHistogram.ts"

const alone = <A, E>(test: Effect.Effect<A, E>) => Effect.provideService(test, Metric.MetricRegistry, new Map())

const boundaries = [0.5, 1, 5]
const options = { description: "Test.", boundaries }

describe("a histogram that takes many values at once", () => {
  it.effect("counts as Effect's own does, value by value", () =>
    alone(Effect.gen(function*() {
      const usual = latencyHistogram("mutt_test_usual_seconds", options)
      const many = latencyHistogram("mutt_test_many_seconds", options)
      const observe = yield* takingMany(many)
      for (const [value, times] of [[0, 1], [0.5, 3], [0.51, 2], [5, 4], [5.01, 1], [1, 2]] as const) {
        observe(value, times)
        for (let time = 0; time < times; time++) yield* Metric.update(usual, value)
      }
      assert.deepStrictEqual(yield* Metric.value(many), yield* Metric.value(usual))
    })))

  it.effect("counts further than 32 bits", () =>
    alone(Effect.gen(function*() {
      const many = latencyHistogram("mutt_test_many_seconds", options)
      const observe = yield* takingMany(many)
      for (let time = 0; time < 3; time++) observe(0.1, 2 ** 32 - 1)
      const { buckets, count } = yield* Metric.value(many)
      assert.strictEqual(count, 3 * (2 ** 32 - 1))
      assert.deepStrictEqual(buckets[0], [0.5, count])
    })))

  it("puts a value into the first bucket that is not below it", () => {
    assert.deepStrictEqual([0, 0.5, 0.6, 1, 5, 6].map((value) => bucketOf(boundaries, value)), [0, 0, 1, 1, 2, 3])
    assert.deepStrictEqual(boundsOf("mutt_nobody_declared_this"), [])
  })
})

import { assert, describe, it } from "@effect/vitest"
import { makeTraceSampler, type SamplerName } from "../../../src/logic/traceSampler.ts"

/** A sequence of numbers that looks random and is always the same. */
const sequence = () => {
  let state = 1
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647
}
const sampler = (name: SamplerName, ratio: number) => makeTraceSampler(name, ratio, sequence())
const many = 200_000
const told = ({ samples }: ReturnType<typeof sampler>, arrivals = many) => {
  let count = 0
  for (let at = 0; at < arrivals; at++) if (samples(undefined)) count++
  return count
}
const parent = (sampled: boolean, tail = "0".repeat(14)) => ({
  traceId: `4bf92f3577b34da6a3${tail}`,
  spanId: "00f067aa0ba902b7",
  sampled
})

describe("which traces are told", () => {
  it("is the part that the ratio says, whatever that is", () => {
    for (const ratio of [0.5, 0.1, 0.01, 0.001]) {
      const count = told(sampler("parentbased_traceidratio", ratio))
      assert.approximately(count / many, ratio, 4 * Math.sqrt(ratio / many), String(ratio))
    }
    assert.strictEqual(told(sampler("traceidratio", 1)), many)
    assert.strictEqual(told(sampler("traceidratio", 0)), 0)
  })

  it("is what the sender decided, where the sampler asks it", () => {
    for (const ratio of [0, 1]) {
      const { samples } = sampler("parentbased_traceidratio", ratio)
      assert.deepStrictEqual([samples(parent(true)), samples(parent(false))], [true, false])
    }
    for (const name of ["parentbased_always_on", "parentbased_always_off"] as const) {
      const { samples } = sampler(name, 0.5)
      assert.deepStrictEqual([samples(parent(true)), samples(parent(false))], [true, false])
    }
  })

  it("is told by the id of the trace, where the sender is not asked: all who go by the ratio decide alike", () => {
    const { samples } = sampler("traceidratio", 0.5)
    assert.isTrue(samples(parent(false, "7ffffffffffff0")))
    assert.isFalse(samples(parent(true, "80000000000000")))
    assert.isTrue(sampler("always_on", 0).samples(parent(false)))
    assert.isFalse(sampler("always_off", 1).samples(parent(true)))
  })

  it("is all or none of those without a sender, by name", () => {
    for (const name of ["always_on", "parentbased_always_on"] as const) {
      assert.strictEqual(told(sampler(name, 0), 100), 100)
    }
    for (const name of ["always_off", "parentbased_always_off"] as const) {
      assert.strictEqual(told(sampler(name, 1), 100), 0)
    }
  })

  it("changes with the ratio at once, also from none", () => {
    const one = sampler("parentbased_traceidratio", 0)
    assert.strictEqual(told(one), 0)
    one.setRatio(1)
    assert.strictEqual(told(one, 100), 100)
    one.setRatio(0)
    assert.strictEqual(told(one), 0)
    const fixed = sampler("always_on", 0)
    fixed.setRatio(0)
    assert.strictEqual(told(fixed, 100), 100)
  })
})

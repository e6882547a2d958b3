import { assert, describe, it } from "@effect/vitest"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import { makeFlowControl } from "../../../services/moog-forwarder/FlowControl.ts"

const flow = () => makeFlowControl({ concurrency: 16, maxRestMs: 60_000 })
const delivered: DeliveryResult = { _tag: "delivered", status: 200 }
const retry = (reason: "rate_limit" | "http" | "refused_key", retryAfterMs?: number): DeliveryResult => ({
  _tag: "retry",
  reason,
  detail: "",
  retryAfterMs
})

describe("flow control", () => {
  it("is what is not in flight yet", () => {
    assert.deepStrictEqual(flow().allowance(0, 3), { max: 13, waitMs: 0 })
    assert.deepStrictEqual(flow().allowance(0, 16), { max: 0, waitMs: 0 })
  })

  it("rests as long as a 429 asks, at most the longest back-off", () => {
    const it = flow()
    it.record(retry("rate_limit", 7_000), 1_000)
    assert.deepStrictEqual(it.allowance(1_000, 0), { max: 0, waitMs: 7_000 })
    assert.deepStrictEqual(it.allowance(8_000, 0), { max: 16, waitMs: 0 })
    it.record(retry("rate_limit", 3_600_000), 8_000)
    assert.strictEqual(it.allowance(8_000, 0).waitMs, 60_000)
    it.record(retry("rate_limit"), 70_000)
    assert.strictEqual(it.allowance(70_000, 0).waitMs, 1_000)
  })

  it("keeps the longer of two rests", () => {
    const it = flow()
    it.record(retry("rate_limit", 7_000), 0)
    it.record(retry("rate_limit", 1_000), 0)
    assert.strictEqual(it.allowance(0, 0).waitMs, 7_000)
  })

  it("does not slow down for one alert whose key was refused, but sends one at a time until one gets through", () => {
    const it = flow()
    it.record(retry("refused_key"), 0)
    assert.deepStrictEqual(it.allowance(0, 0), { max: 1, waitMs: 0 })
    assert.deepStrictEqual(it.allowance(0, 1), { max: 0, waitMs: 0 })
    it.record(delivered, 0)
    assert.deepStrictEqual(it.allowance(0, 0), { max: 16, waitMs: 0 })
  })

  it("rests between refused keys, and not once the key has changed", () => {
    const it = flow()
    it.record(retry("refused_key"), 0)
    it.record(retry("refused_key"), 0)
    assert.isTrue(it.keySuspected())
    assert.deepStrictEqual(it.allowance(0, 0), { max: 0, waitMs: 5_000 })
    it.keyChanged()
    assert.deepStrictEqual(it.allowance(0, 0), { max: 1, waitMs: 0 })
  })

  it("does not care for the platform's failures: those are the breaker's", () => {
    const it = flow()
    it.record(retry("http", 30_000), 0)
    assert.deepStrictEqual(it.allowance(0, 0), { max: 16, waitMs: 0 })
  })
})

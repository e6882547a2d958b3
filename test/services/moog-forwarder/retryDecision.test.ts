import { assert, describe, it } from "@effect/vitest"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import { backoffMs, type RetryContext, retryDecision } from "../../../services/moog-forwarder/stages/retryDecision.ts"

const now: RetryContext = {
  at: "2026-08-22T10:00:00.000Z",
  tries: 0,
  remembered: 0,
  probe: false,
  keySuspected: false,
  othersDelivered: true,
  jitter: 1,
  maxRetries: 1_000,
  baseMs: 1_000,
  maxMs: 60_000,
  breakerTimeoutMs: 30_000
}

const retry = (
  reason: "rate_limit" | "http" | "timeout" | "connection" | "refused_key" | "gateway",
  retryAfterMs?: number
): DeliveryResult => ({
  _tag: "retry",
  reason,
  detail: "said so",
  retryAfterMs
})

const parked = (result: DeliveryResult, circumstances: Partial<RetryContext> = {}) => {
  const outcome = retryDecision(result, { ...now, ...circumstances })
  if (outcome._tag !== "parked") return assert.fail(outcome._tag)
  return { delayMs: outcome.delayMs, failure: outcome.failure, counts: outcome.counts }
}

describe("back-off", () => {
  it("doubles from the base to the longest", () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7, 1_000_000].map((tries) => backoffMs(tries, now))
    assert.deepStrictEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  })

  it("is any part of that by chance", () => {
    assert.deepStrictEqual([0, 0.25, 0.5, 1].map((jitter) => backoffMs(3, { ...now, jitter })), [
      0,
      2_000,
      4_000,
      8_000
    ])
  })
})

describe("verdict", () => {
  it("delivered is delivered", () => {
    assert.deepStrictEqual(retryDecision({ _tag: "delivered", status: 204 }, now), { _tag: "delivered" })
  })

  it("what the platform will never take is a dead letter that says why", () => {
    assert.deepStrictEqual(retryDecision({ _tag: "rejected", reason: "http", detail: "HTTP 400" }, now), {
      _tag: "dead",
      reason: "rejected",
      attempt: { at: now.at, reason: "http", detail: "HTTP 400" }
    })
  })

  it.each(["http", "timeout", "connection"] as const)(
    "%s is a failure of the platform and a try of the alert",
    (reason) => {
      assert.deepStrictEqual(parked(retry(reason), { tries: 2 }), { delayMs: 4_000, failure: true, counts: true })
    }
  )

  it.each(["http", "timeout", "connection", "gateway"] as const)(
    "%s is no try of the alert while the platform takes no other",
    (reason) => {
      const outage = { tries: 2, maxRetries: 0, othersDelivered: false }
      assert.deepStrictEqual(parked(retry(reason), outage), { delayMs: 4_000, failure: true, counts: false })
    }
  )

  it("what no platform says is no try of the alert, and a failure of the platform", () => {
    assert.deepStrictEqual(parked(retry("gateway"), { maxRetries: 0 }), {
      delayMs: 1_000,
      failure: true,
      counts: false
    })
  })

  it("a platform that asks for patience does not fail, and asks all for it", () => {
    assert.deepStrictEqual(parked(retry("rate_limit"), { maxRetries: 0 }), {
      delayMs: 1_000,
      failure: false,
      counts: false
    })
  })

  it("Retry-After is the least wait", () => {
    assert.strictEqual(parked(retry("http", 7_000)).delayMs, 7_000)
    assert.strictEqual(parked(retry("rate_limit", 3_600_000)).delayMs, 3_600_000)
    assert.strictEqual(parked(retry("http", 7_000), { tries: 5 }).delayMs, 32_000)
  })

  it("a probe costs the alert nothing and leaves the next probe to another", () => {
    const expected = { delayMs: 31_000, failure: true, counts: false }
    assert.deepStrictEqual(parked(retry("http"), { probe: true, tries: 1_000, maxRetries: 0 }), expected)
  })

  it("a key refused for every alert is no alert's fault", () => {
    assert.deepStrictEqual(parked(retry("refused_key"), { tries: 3 }), { delayMs: 8_000, failure: false, counts: true })
    const suspected = { delayMs: 1_000, failure: false, counts: false }
    const ofAll = { tries: 3, keySuspected: true, othersDelivered: false }
    assert.deepStrictEqual(parked(retry("refused_key"), ofAll), suspected)
  })

  it("the retry after the last one allowed is a dead letter", () => {
    assert.strictEqual(retryDecision(retry("http"), { ...now, tries: 4, maxRetries: 5 })._tag, "parked")
    assert.deepStrictEqual(retryDecision(retry("http"), { ...now, tries: 5, maxRetries: 5 }), {
      _tag: "dead",
      reason: "retries_exhausted",
      attempt: { at: now.at, reason: "http", detail: "said so" },
      failure: true
    })
    assert.deepInclude(retryDecision(retry("refused_key"), { ...now, maxRetries: 0 }), { _tag: "dead", failure: false })
  })
})

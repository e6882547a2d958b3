import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { range } from "./alertsWaiting.ts"
import { world } from "./harness.ts"

const broken: DeliveryResult = { _tag: "retry", reason: "http", detail: "HTTP 500", retryAfterMs: undefined }
const alerts = (count: number) => range(count).map((n) => alertOf(`a-${n}`))

describe("a running forwarder follows", () => {
  it.effect("moog_rate_limit and moog_rate_period, down as well as up", () =>
    Effect.gen(function*() {
      const { configure, delivered, handOver, start } = yield* world({ moog_rate_limit: 10, moog_rate_period: 1 })
      yield* handOver(alerts(200))
      yield* start()
      yield* TestClock.adjust("2 seconds")
      const before = delivered().length
      assert.isAtLeast(before, 20)
      yield* configure({ moog_rate_limit: 1, moog_rate_period: 10 })
      yield* TestClock.adjust("20 seconds")
      assert.isAtMost(delivered().length, before + 4)
      yield* configure({ moog_rate_limit: 1_000, moog_rate_period: 1 })
      yield* TestClock.adjust("3 seconds")
      assert.lengthOf(delivered(), 200)
    }))

  it.effect("moog_max_retries", () =>
    Effect.gen(function*() {
      const { configure, deadLetters, handOver, platform, start } = yield* world({
        moog_max_retries: 1_000,
        circuit_breaker_threshold: 10_000
      })
      const [refused, ...others] = alerts(40)
      yield* platform.answer(({ id }) =>
        Effect.succeed(id === refused?.id ? broken : { _tag: "delivered", status: 200 })
      )
      yield* start({ retryMaxMs: 1_000 })
      yield* handOver(alerts(1))
      const go = (from: number, to: number) =>
        Effect.forEach(
          others.slice(from, to),
          (other) => Effect.andThen(handOver([other]), TestClock.adjust("500 millis"))
        )
      yield* go(0, 20)
      assert.lengthOf(yield* deadLetters, 0)
      yield* configure({ moog_max_retries: 2 })
      yield* go(20, 39)
      assert.deepStrictEqual((yield* deadLetters).map(({ reason }) => reason), ["retries_exhausted"])
    }))

  it.effect("circuit_breaker_threshold", () =>
    Effect.gen(function*() {
      const { configure, handOver, platform, queue, start } = yield* world({ circuit_breaker_threshold: 10_000 })
      yield* platform.answer(() => Effect.succeed(broken))
      yield* handOver(alerts(5))
      yield* start({ retryMaxMs: 1_000 })
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* queue.backlog).breaker, "closed")
      yield* configure({ circuit_breaker_threshold: 3, circuit_breaker_timeout: 3_600 })
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* queue.backlog).breaker, "open")
    }))

  it.effect("circuit_breaker_timeout, also while the breaker is open", () =>
    Effect.gen(function*() {
      const { configure, delivered, handOver, platform, queue, start } = yield* world({
        circuit_breaker_threshold: 1,
        circuit_breaker_timeout: 3_600
      })
      yield* platform.answer(() => Effect.succeed(broken))
      yield* handOver(alerts(1))
      yield* start({ retryMaxMs: 1_000 })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* queue.backlog).breaker, "open")
      yield* platform.answer(() => Effect.succeed({ _tag: "delivered", status: 200 }))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(delivered(), 0)
      yield* configure({ circuit_breaker_timeout: 1 })
      yield* TestClock.adjust("3 seconds")
      assert.lengthOf(delivered(), 1)
    }))
})

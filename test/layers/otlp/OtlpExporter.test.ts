import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue } from "effect"
import { TestClock, TestConsole } from "effect/testing"
import type { Tracing } from "../../../layers/telemetry/Tracing.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { otlpReceiver } from "../../support/otlpReceiver.ts"
import { passing, tell } from "./telling.ts"

const spans = ({ start }: Tracing, count: number) => {
  for (let at = 0; at < count; at++) start(`span ${at}`).end()
}

/** How many were lost, as the warnings say. */
const warned = Effect.map(
  TestConsole.logLines,
  (lines) =>
    lines.map((line) => JSON.parse(String(line))).filter(({ message }) =>
      message === "The collector did not get all telemetry."
    ).map(({ annotations: { detail, dropped, signal } }) => [signal, dropped, detail])
)

describe("a collector", () => {
  it.effect("gets spans by the batch, and the rest when the program ends", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { close, dropped, tracing } = yield* tell(collector.url, { maxBatch: 4 })
      spans(tracing, 10)
      yield* Queue.take(collector.requests)
      yield* close
      assert.deepStrictEqual(collector.faults, [])
      assert.deepStrictEqual(
        collector.spans.map(({ name }) => name),
        Array.from({ length: 10 }, (_, at) => `span ${at}`)
      )
      assert.lengthOf(collector.bodies, 3)
      assert.deepInclude(collector.headers[0], { "x-token": "token-of-tests", "content-type": "application/json" })
      assert.deepStrictEqual([yield* dropped, yield* warned], [0, []])
    }))

  it.effect("gets the few after a while", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { tracing } = yield* tell(collector.url)
      spans(tracing, 2)
      yield* passing(Queue.take(collector.requests))
      assert.lengthOf(collector.spans, 2)
      assert.deepInclude(collector.spans[0]?.resource, {
        "service.name": "mutt-alerter",
        "service.namespace": "mutt",
        "service.instance.id": "test",
        "deployment.environment.name": "test"
      })
    }))

  it.effect("gets no more than the queue holds, and the rest is counted", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { close, dropped, tracing } = yield* tell(collector.url, { maxQueue: 10 })
      spans(tracing, 25)
      yield* close
      assert.lengthOf(collector.spans, 10)
      assert.strictEqual(yield* dropped, 15)
      assert.deepStrictEqual(yield* warned, [["traces", 15, "too many came at once"]])
    }))

  it.effect("that is away costs all spans, each counted once, and one line a minute", () =>
    Effect.gen(function*() {
      const { close, dropped, tracing } = yield* tell(`http://127.0.0.1:${yield* freePort}`, { maxQueue: 10 })
      spans(tracing, 25)
      assert.strictEqual(yield* dropped, 15)
      // Five tries of the first batch.
      yield* passing(Effect.repeat(Effect.andThen(Effect.yieldNow, dropped), { until: (count) => count === 25 }))
      spans(tracing, 3)
      yield* close
      assert.strictEqual(yield* dropped, 28)
      const lines = yield* warned
      assert.strictEqual(lines.reduce((sum, [, lost]) => sum + lost, 0), 28)
      assert.isAtMost(lines.length, 3)
      assert.match(lines.at(-1)?.[2], /ECONNREFUSED/)
    }))

  it.effect("that is busy is asked again, after the time it says", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { close, dropped, tracing } = yield* tell(collector.url, { maxBatch: 2 })
      let busy = 2
      collector.answer = (response) => {
        if (busy-- <= 0) return 200
        response.writeHead(429, { "retry-after": "7" })
        return 429
      }
      spans(tracing, 2)
      const begun = yield* Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
      yield* passing(Queue.takeN(collector.requests, 3))
      const took = (yield* Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)) - begun
      assert.isAtLeast(took, 14_000)
      assert.lengthOf(collector.spans, 2)
      yield* close
      assert.deepStrictEqual([yield* dropped, collector.bodies.length], [0, 3])
    }))

  it.effect("that stays busy is given up batch by batch, after five tries", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { dropped, tracing } = yield* tell(collector.url, { maxBatch: 2 })
      collector.answer = () => 429
      spans(tracing, 4)
      yield* passing(Effect.repeat(Effect.andThen(Effect.yieldNow, dropped), { until: (count) => count === 4 }))
      assert.lengthOf(collector.bodies, 10)
    }))

  it.effect("that refuses a batch, or a part of one, is not asked for it again", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { close, dropped, tracing } = yield* tell(collector.url)
      collector.answer = () => 400
      spans(tracing, 3)
      yield* passing(Queue.take(collector.requests))
      yield* Effect.repeat(Effect.andThen(Effect.yieldNow, dropped), { until: (count) => count === 3 })
      collector.answer = (response) => {
        response.writeHead(200).end(JSON.stringify({ partialSuccess: { rejectedSpans: "2", errorMessage: "no" } }))
        return 200
      }
      spans(tracing, 5)
      yield* close
      assert.strictEqual(yield* dropped, 5)
      assert.lengthOf(collector.bodies, 2)
      assert.deepStrictEqual(
        (yield* warned).map(([, lost, detail]) => [lost, detail]),
        [[3, "the collector answered 400"], [2, "the collector refused some"]]
      )
    }))

  it.effect("that never answers keeps the end of the program for three seconds, and what it held is counted", () =>
    Effect.gen(function*() {
      const collector = yield* otlpReceiver()
      const { close, dropped, tracing } = yield* tell(collector.url, { maxQueue: 10, maxBatch: 4, timeoutMs: 60_000 })
      collector.answer = () => undefined
      spans(tracing, 4)
      yield* Queue.take(collector.requests)
      // Four are under way, and the queue takes ten more.
      spans(tracing, 12)
      assert.strictEqual(yield* dropped, 2)
      const closing = yield* Effect.forkChild(close)
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(closing.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(closing)
      assert.strictEqual(yield* dropped, 16)
    }))
})

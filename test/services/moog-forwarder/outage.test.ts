import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { settableClock } from "../../support/settableClock.ts"
import { range } from "./alertsWaiting.ts"
import { fragile, world } from "./harness.ts"

const ok: DeliveryResult = { _tag: "delivered", status: 200 }
const down: DeliveryResult = { _tag: "retry", reason: "connection", detail: "ECONNREFUSED", retryAfterMs: undefined }
const refusedKey: DeliveryResult = { _tag: "retry", reason: "refused_key", detail: "refused", retryAfterMs: undefined }
const broken: DeliveryResult = { _tag: "retry", reason: "http", detail: "HTTP 503", retryAfterMs: undefined }
const gateway: DeliveryResult = { _tag: "retry", reason: "gateway", detail: "HTTP 404", retryAfterMs: undefined }
const always = (result: DeliveryResult) => () => Effect.succeed(result)

const alerts = (count: number, from = 0) => range(count).map((n) => alertOf(`a-${from + n}`))
const ids = (count: number) => range(count).map((n) => `a-${n}`)

describe("an outage", () => {
  it.effect("of an hour loses nothing, needs nobody, and is not made worse", () =>
    Effect.gen(function*() {
      const { books, delivered, handOver, platform, start } = yield* world()
      yield* platform.answer(always(down))
      yield* start()
      yield* start()
      for (const minute of range(60)) {
        yield* handOver(alerts(10, minute * 10))
        yield* TestClock.adjust("1 minute")
      }
      assert.lengthOf(delivered(), 0)
      // The failures that opened the breaker, and then one probe each 30 s.
      assert.isAtMost(platform.received().length, 32 + 121)

      yield* platform.answer(always(ok))
      yield* TestClock.adjust("3 minutes")
      assert.sameMembers(delivered(), ids(600))
      const { alertsDead, alertsWaiting, delivered: counted } = yield* books
      assert.deepStrictEqual({ alertsDead, alertsWaiting, counted }, { alertsDead: 0, alertsWaiting: 0, counted: 600 })
    }))

  it.effect("stops all but one probe, which opens the way for the rest", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, queue, start } = yield* world({
        circuit_breaker_threshold: 3,
        circuit_breaker_timeout: 60
      })
      yield* platform.answer(always(down))
      yield* handOver(alerts(10))
      yield* start({ concurrency: 1 })
      yield* TestClock.adjust("59 seconds")
      assert.lengthOf(platform.received(), 3)
      assert.strictEqual((yield* queue.backlog).breaker, "open")

      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(platform.received(), 4)
      yield* TestClock.adjust("45 seconds")
      assert.lengthOf(platform.received(), 4)

      yield* platform.answer(always(ok))
      yield* TestClock.adjust("20 seconds")
      assert.lengthOf(platform.received().slice(0, 5).filter(({ result }) => result === ok), 1)
      yield* TestClock.adjust("1 minute")
      assert.sameMembers(delivered(), ids(10))
    }))

  it.effect("is one outage and one limit for all forwarders", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world({
        circuit_breaker_threshold: 3,
        moog_rate_limit: 2,
        moog_rate_period: 1
      })
      yield* platform.answer(always(down))
      yield* handOver(alerts(100))
      for (const _ of range(4)) yield* start({ concurrency: 1 })
      yield* TestClock.adjust("29 seconds")
      assert.isAtMost(platform.received().length, 3 + 3)
      const before = platform.received().length
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(platform.received().length - before, 1)

      yield* platform.answer(always(ok))
      const from = yield* TestClock.adjust("30 seconds").pipe(Effect.as(platform.received().length))
      const spent = platform.received().slice(from - 1)
      const seconds = ((spent.at(-1)?.at ?? 0) - (spent[0]?.at ?? 0)) / 1_000
      assert.isAtMost(spent.length, 2 + 2 * seconds + 1)
      yield* TestClock.adjust("2 minutes")
      assert.sameMembers(delivered(), ids(100))
    }))

  it.effect("of Redis stops nothing for longer than it lasts, and sends nothing twice", () =>
    Effect.gen(function*() {
      const { books, handOver, platform, queue, start } = yield* world()
      const redis = fragile(queue)
      // Redis goes away while deliveries are under way, and stays away for longer than their claims hold.
      yield* platform.answer(() => redis.away(true).pipe(Effect.andThen(Effect.sleep("1 second")), Effect.as(ok)))
      yield* handOver(alerts(20))
      yield* start({ queue: redis.queue })
      yield* TestClock.adjust("2 minutes")
      assert.lengthOf(platform.received(), 16)
      yield* platform.answer(always(ok))
      yield* redis.away(false)
      yield* TestClock.adjust("3 seconds")
      assert.sameMembers(platform.received().map(({ alert }) => alert.id), ids(20))
      assert.strictEqual((yield* books).delivered, 20)
    }))

  it.effect("of the key heals within seconds of its correction, costs no alert, and is no flood", () =>
    Effect.gen(function*() {
      const { deadLetters, delivered, handOver, platform, start, store } = yield* world({ moog_max_retries: 3 })
      yield* platform.answer(always(refusedKey))
      yield* handOver(alerts(100))
      yield* start()
      yield* TestClock.adjust("30 minutes")
      assert.lengthOf(yield* deadLetters, 0)
      assert.isAtMost(platform.received().length, 16 + 1_800 / 5 + 1)

      yield* platform.answer(always(ok))
      yield* store({ MOOG_API_KEY: "another" })
      yield* TestClock.adjust("5 seconds")
      assert.sameMembers(delivered(), ids(100))
    }))
})

describe("an outage, whatever it looks like,", () => {
  for (
    const [what, answer] of Object.entries<DeliveryResult>({
      "no connection": down,
      "errors": broken,
      "a gateway": gateway
    })
  ) {
    it.effect(`costs no alert and no retry: ${what}`, () =>
      Effect.gen(function*() {
        const { deadLetters, delivered, handOver, platform, start } = yield* world({ moog_max_retries: 0 })
        yield* platform.answer(always(answer))
        yield* handOver(alerts(100))
        yield* start()
        yield* TestClock.adjust("1 hour")
        assert.lengthOf(yield* deadLetters, 0)
        yield* platform.answer(always(ok))
        yield* TestClock.adjust("2 minutes")
        assert.sameMembers(delivered(), ids(100))
      }))
  }
})

describe("a clock that is set back by a day", () => {
  it.effect("does not make the rest that the platform asked for any longer", () =>
    Effect.gen(function*() {
      const { clock, setBack } = yield* settableClock
      yield* Effect.gen(function*() {
        const { delivered, handOver, platform, start } = yield* world()
        yield* platform.answer(always({ _tag: "retry", reason: "rate_limit", detail: "", retryAfterMs: 20_000 }))
        yield* handOver(alerts(20))
        yield* start()
        yield* TestClock.adjust("1 second")
        yield* setBack(86_400_000)
        yield* platform.answer(always(ok))
        yield* handOver(alerts(20, 20))
        yield* TestClock.adjust("2 minutes")
        // The queue in memory goes by the same clock, so the first ones are not due for a day.
        assert.sameMembers(delivered(), alerts(20, 20).map(({ id }) => id))
      }).pipe(Effect.provideService(Clock.Clock, clock))
    }))
})

describe("an outage that begins while alerts are under way", () => {
  it.effect("costs none of them a retry, though others that were sent beside them got through", () =>
    Effect.gen(function*() {
      const { deadLetters, delivered, handOver, platform, start } = yield* world({ moog_max_retries: 0 })
      let asked = 0
      const answer = (result: DeliveryResult) =>
        Effect.suspend(() => Effect.as(Effect.sleep(5 + (asked * 7) % 11), asked++ < 50 ? ok : result))
      yield* platform.answer(() => answer(broken))
      yield* handOver(alerts(100))
      yield* start()
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(yield* deadLetters, 0)
      yield* platform.answer(always(ok))
      yield* TestClock.adjust("2 minutes")
      assert.sameMembers(delivered(), ids(100))
    }))
})

describe("a forwarder that ends", () => {
  it.effect("finishes and settles what it has begun, and begins nothing more", () =>
    Effect.gen(function*() {
      const { books, delivered, handOver, platform, start } = yield* world()
      yield* platform.answer(() => Effect.as(Effect.sleep("5 seconds"), ok))
      yield* handOver(alerts(20))
      const { stop } = yield* start({ concurrency: 4 })
      yield* TestClock.adjust("1 second")
      const stopped = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("5 seconds")
      assert.isDefined(stopped.pollUnsafe())
      assert.lengthOf(delivered(), 4)
      const page = yield* books
      assert.deepStrictEqual([page.delivered, page.alertsWaiting], [4, 16])
    }))

  it.effect("does not wait for ever, and another takes over what it held", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world()
      yield* platform.answer(() => Effect.never)
      yield* handOver(alerts(3))
      const { stop } = yield* start()
      yield* TestClock.adjust("1 second")
      const stopped = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("10 seconds")
      assert.isDefined(stopped.pollUnsafe())

      yield* platform.answer(always(ok))
      yield* start()
      yield* TestClock.adjust("20 seconds")
      assert.sameMembers(delivered(), ids(3))
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import type { DeliveryResult } from "../../../layers/delivery/Platform.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { range } from "./handOver.ts"
import { fragile, world } from "./world.ts"

const ok: DeliveryResult = { _tag: "delivered", status: 200 }
const down: DeliveryResult = { _tag: "retry", reason: "connection", detail: "ECONNREFUSED", retryAfterMs: undefined }
const broken: DeliveryResult = { _tag: "retry", reason: "http", detail: "HTTP 500", retryAfterMs: undefined }
const busy = (retryAfterMs: number): DeliveryResult => ({
  _tag: "retry",
  reason: "rate_limit",
  detail: "HTTP 429",
  retryAfterMs
})
const refusedKey: DeliveryResult = { _tag: "retry", reason: "refused_key", detail: "refused", retryAfterMs: undefined }
const always = (result: DeliveryResult) => () => Effect.succeed(result)

const alerts = (count: number, from = 0) => range(count).map((n) => alertOf(`a-${from + n}`))
const ids = (count: number) => range(count).map((n) => `a-${n}`)

describe("forwarder", () => {
  it.effect("a new alert leaves within 100 ms", () =>
    Effect.gen(function*() {
      const { delivered, handOver, start } = yield* world()
      yield* start()
      yield* TestClock.adjust("1 minute")
      yield* handOver([alertOf("a-0")])
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(delivered(), ["a-0"])
    }))

  it.effect("the limit delays alerts and never loses one", () =>
    Effect.gen(function*() {
      const { books, handOver, platform, start } = yield* world({ moog_rate_limit: 5, moog_rate_period: 10 })
      yield* handOver(alerts(50))
      yield* start()
      for (const _ of range(20)) {
        yield* TestClock.adjust("10 seconds")
        const now = platform.received().at(-1)?.at ?? 0
        assert.isAtMost(platform.received().length, 5 + now / 2_000)
      }
      assert.sameMembers(platform.received().map(({ alert }) => alert.id), ids(50))
      const { alertsDead, alertsWaiting, delivered } = yield* books
      assert.deepStrictEqual({ alertsDead, alertsWaiting, delivered }, {
        alertsDead: 0,
        alertsWaiting: 0,
        delivered: 50
      })
    }))

  it.effect("a limit that is raised counts at once", () =>
    Effect.gen(function*() {
      const { configure, delivered, handOver, start } = yield* world({ moog_rate_limit: 1, moog_rate_period: 3_600 })
      yield* handOver(alerts(100))
      yield* start()
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(delivered(), 1)
      yield* configure({ moog_rate_limit: 100, moog_rate_period: 1 })
      yield* TestClock.adjust("2 seconds")
      assert.sameMembers(delivered(), ids(100))
    }))

  it.effect("alerts of one signature are delivered in the order they came, whatever fails", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world({ circuit_breaker_threshold: 10_000 })
      const lanes = ["x", "y", "z"]
      const all = range(60).map((n) => alertOf(`${lanes[n % 3]}-${n}`, { signature: lanes[n % 3] ?? "" }))
      yield* platform.answer(() => Effect.map(Random.next, (chance) => chance < 0.4 ? broken : ok))
      yield* handOver(all)
      yield* start()
      yield* start()
      yield* TestClock.adjust("20 minutes")
      assert.lengthOf(delivered(), 60)
      for (const lane of lanes) {
        const expected = all.filter(({ signature }) => signature === lane).map(({ id }) => id)
        assert.deepStrictEqual(delivered().filter((id) => id.startsWith(lane)), expected)
      }
    }))

  it.effect("alerts of one signature follow each other without a pause", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world()
      yield* platform.answer(() => Effect.as(Effect.sleep("10 millis"), ok))
      yield* handOver(range(20).map((n) => alertOf(`a-${n}`, { signature: "one" })))
      yield* start()
      yield* TestClock.adjust("250 millis")
      assert.deepStrictEqual(delivered(), ids(20))
    }))

  it.effect("an alert that fails does not hold up the others", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world()
      yield* platform.answer((alert) => Effect.succeed(alert.id === "a-0" ? broken : ok))
      yield* handOver(alerts(40))
      yield* start()
      yield* TestClock.adjust("2 seconds")
      assert.sameMembers(delivered(), ids(40).slice(1))
    }))

  it.effect("a platform that asks for patience gets it", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world()
      yield* platform.answer(always(busy(7_000)))
      yield* handOver([alertOf("a-0")])
      yield* start()
      yield* TestClock.adjust("1 second")
      yield* handOver([alertOf("a-1")])
      yield* platform.answer(always(ok))
      const asked = platform.received()[0]?.at ?? 0
      yield* TestClock.adjust("5 seconds")
      assert.lengthOf(platform.received(), 1)
      yield* TestClock.adjust("3 seconds")
      assert.sameMembers(delivered(), ["a-0", "a-1"])
      for (const { at } of platform.received().slice(1)) assert.isAtLeast(at - asked, 7_000)
    }))

  it.effect("429 does not open the breaker", () =>
    Effect.gen(function*() {
      const { handOver, platform, queue, start } = yield* world({ circuit_breaker_threshold: 2 })
      yield* platform.answer(always(busy(100)))
      yield* handOver(alerts(20))
      yield* start()
      yield* TestClock.adjust("20 seconds")
      assert.isAbove(platform.received().length, 20)
      assert.strictEqual((yield* queue.backlog).breaker, "closed")
    }))

  it.effect("what the platform refuses for good is a dead letter, and its neighbours go on", () =>
    Effect.gen(function*() {
      const { deadLetters, delivered, handOver, platform, start } = yield* world()
      yield* platform.answer((alert) =>
        Effect.succeed(alert.id === "a-1" ? { _tag: "rejected", reason: "http", detail: "HTTP 400: no" } : ok)
      )
      yield* handOver(range(3).map((n) => alertOf(`a-${n}`, { signature: "one" })))
      yield* start()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(delivered(), ["a-0", "a-2"])
      const [letter] = yield* deadLetters
      assert.strictEqual(letter?.reason, "rejected")
      assert.deepStrictEqual(letter?.attempts.map(({ detail, reason }) => [reason, detail]), [["http", "HTTP 400: no"]])
      assert.strictEqual(JSON.parse(letter?.payload ?? "").id, "a-1")
    }))

  it.effect("an alert that spent its retries is a dead letter with its history", () =>
    Effect.gen(function*() {
      const { deadLetters, handOver, platform, start } = yield* world({ moog_max_retries: 2 })
      yield* platform.answer(always(broken))
      yield* handOver([alertOf("a-0")])
      yield* start()
      yield* TestClock.adjust("1 minute")
      const [letter] = yield* deadLetters
      assert.strictEqual(letter?.reason, "retries_exhausted")
      assert.deepStrictEqual(letter?.attempts.map(({ detail }) => detail), ["HTTP 500", "HTTP 500", "HTTP 500"])
      assert.lengthOf(platform.received(), 3)
    }))

  it.effect("what cannot be read is a dead letter, and is not sent", () =>
    Effect.gen(function*() {
      const { deadLetters, handOver, handOverRaw, platform, start } = yield* world()
      yield* handOverRaw([{ id: "bad", signature: "one", payload: "{\"id\":\"bad\"}" }])
      yield* handOver([alertOf("a-0", { signature: "one" })])
      yield* start()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* deadLetters).map(({ payload, reason }) => [reason, payload]), [[
        "undecodable",
        "{\"id\":\"bad\"}"
      ]])
      assert.deepStrictEqual(platform.received().map(({ alert }) => alert.id), ["a-0"])
    }))

  it.effect("an adapter that breaks costs a try and no more", () =>
    Effect.gen(function*() {
      const { delivered, handOver, platform, start } = yield* world()
      yield* platform.answer(() => Effect.die(new Error("a bug")))
      yield* handOver([alertOf("a-0")])
      yield* start()
      yield* TestClock.adjust("1 second")
      yield* platform.answer(always(ok))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(delivered(), ["a-0"])
    }))
})

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

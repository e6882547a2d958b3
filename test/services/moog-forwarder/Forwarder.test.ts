import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { TestClock } from "effect/testing"
import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import { alertOf } from "../../layers/delivery/alerts.ts"
import { range } from "./alertsWaiting.ts"
import { slow, world } from "./harness.ts"

const ok: DeliveryResult = { _tag: "delivered", status: 200 }
const broken: DeliveryResult = { _tag: "retry", reason: "http", detail: "HTTP 500", retryAfterMs: undefined }
const busy = (retryAfterMs: number): DeliveryResult => ({
  _tag: "retry",
  reason: "rate_limit",
  detail: "HTTP 429",
  retryAfterMs
})
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

  it.effect("the next delivery does not wait until Redis has taken the outcome of the last, and what comes meanwhile is settled at once", () =>
    Effect.gen(function*() {
      const { books, delivered, handOver, queue, start } = yield* world()
      const { queue: behind, sizes } = slow(queue, "5 seconds")
      yield* handOver(alerts(50))
      yield* start({ concurrency: 2, queue: behind })
      yield* TestClock.adjust("1 second")
      // As many as may be sent again after a crash, and those under way.
      assert.isAtLeast(delivered().length, 8)
      assert.isAtMost(delivered().length, 4 * 2 + 2)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* books).delivered, 50)
      assert.isBelow(sizes.length, 20)
    }))

  it.effect("one that failed keeps its place until Redis has taken that, so that the breaker is in time", () =>
    Effect.gen(function*() {
      const { handOver, platform, queue, start } = yield* world()
      yield* platform.answer(always(broken))
      yield* handOver(alerts(50))
      const { stop } = yield* start({ concurrency: 2, queue: slow(queue, "5 seconds").queue })
      yield* TestClock.adjust("4 seconds")
      assert.lengthOf(platform.received(), 2)
      const stopped = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("10 seconds")
      assert.isDefined(stopped.pollUnsafe())
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
      yield* platform.answer(({ id }) => Effect.succeed(id === "a-0" ? broken : ok))
      yield* handOver([alertOf("a-0")])
      yield* start()
      // Others get through between its tries.
      for (let other = 1; other <= 60; other++) {
        yield* handOver([alertOf(`a-${other}`)])
        yield* TestClock.adjust("1 second")
      }
      const [letter] = yield* deadLetters
      assert.strictEqual(letter?.reason, "retries_exhausted")
      const tries = platform.received().filter(({ alert }) => alert.id === "a-0").length
      assert.deepStrictEqual(
        letter?.attempts.map(({ detail }) => detail),
        Array.from({ length: tries }, () => "HTTP 500")
      )
      assert.isAtLeast(tries, 3)
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

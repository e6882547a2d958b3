import { assert, layer } from "@effect/vitest"
import { Clock, Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Outcome } from "../../../layers/queue/EventQueue.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { modelTest, sides } from "./modelTest.ts"
import { alert, delivered, letter, parked, queueDriver, texts } from "./queueDriver.ts"
import { QueueMemory } from "./QueueMemory.ts"

const minute = 60_000
const hour = 60 * minute

/** What any books promise. */
export const booksSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`books in ${name}`, (it) => {
    const promise = promising(it)

    promise("begin empty", () =>
      Effect.gen(function*() {
        const { books } = yield* queueDriver
        assert.isTrue(Object.values(yield* books.page).every((count) => count === 0))
        const { hours, minutes } = yield* books.rates
        assert.deepStrictEqual([minutes, hours], [
          Array.from({ length: 60 }, () => 0),
          Array.from({ length: 24 }, () => 0)
        ])
      }))

    promise(
      "tell the accepted events of the last minutes and hours, by the server's clock",
      () =>
        Effect.gen(function*() {
          const { accept, books, quarantine } = yield* queueDriver
          yield* TestClock.setTime(Math.ceil((yield* Clock.currentTimeMillis) / (24 * hour)) * 24 * hour)
          yield* accept(texts(3))
          yield* TestClock.adjust(minute)
          yield* quarantine(["unreadable"])
          yield* accept(texts(4))
          yield* TestClock.adjust(hour)
          yield* accept(texts(5))
          const { at, hours, minutes } = yield* books.rates
          assert.strictEqual(at, yield* Clock.currentTimeMillis)
          assert.deepStrictEqual([minutes.at(-1), minutes.at(-2), minutes.at(0)], [5, 0, 0])
          assert.deepStrictEqual([hours.at(-1), hours.at(-2), hours.at(-3)], [5, 7, 0])
          yield* TestClock.adjust(23 * hour)
          yield* accept(texts(1))
          const later = (yield* books.rates).hours
          assert.deepStrictEqual([later.at(0), later.at(-1), later.at(-2)], [5, 1, 0])
          assert.lengthOf(later, 24)
        })
    )

    promise("keep a minute in sight for an hour, and an hour for a day", () =>
      Effect.gen(function*() {
        const { accept, books } = yield* queueDriver
        yield* TestClock.setTime(Math.ceil((yield* Clock.currentTimeMillis) / (24 * hour)) * 24 * hour)
        yield* accept(texts(2))
        yield* TestClock.adjust(59 * minute)
        yield* accept(texts(1))
        assert.deepStrictEqual((yield* books.rates).minutes, [2, ...Array.from({ length: 58 }, () => 0), 1])
        yield* TestClock.adjust(minute)
        yield* accept(texts(3))
        const { hours, minutes } = yield* books.rates
        assert.deepStrictEqual(minutes, [...Array.from({ length: 58 }, () => 0), 1, 3])
        assert.deepStrictEqual(hours.slice(-2), [3, 3])
      }))

    promise("tell with the books how fast what waits can go on", () =>
      Effect.gen(function*() {
        const { accept, books, claim, claimed, finish, handOver } = yield* queueDriver
        const { at, page, ...empty } = yield* books.flow
        assert.deepStrictEqual([at, page], [yield* Clock.currentTimeMillis, yield* books.page])
        assert.deepStrictEqual(empty, {
          oldestEventMs: 0,
          alertsBehind: 0,
          overdueAlertMs: 0,
          breaker: "closed",
          bucket: undefined
        })
        yield* handOver([alert("a", "same"), alert("b", "same"), alert("c")])
        yield* accept(texts(2))
        yield* TestClock.adjust(90_000)
        const { alertsBehind, oldestEventMs, overdueAlertMs, page: then } = yield* books.flow
        assert.deepStrictEqual([alertsBehind, overdueAlertMs], [1, 90_000])
        // A server dates what comes in by its own clock.
        assert.isTrue(oldestEventMs > 80_000 && oldestEventMs <= 90_000)
        assert.deepStrictEqual(then, yield* books.page)
        const [held] = yield* claimed({ rate: 10, max: 1 })
        assert.deepStrictEqual((yield* books.flow).bucket, { left: 9, at: yield* Clock.currentTimeMillis })
        if (held !== undefined) yield* finish(held, parked(60_000), 1)
        assert.strictEqual((yield* books.flow).breaker, "open")
        yield* TestClock.adjust(30_000)
        yield* claim()
        assert.strictEqual((yield* books.flow).breaker, "half_open")
      }))

    promise("count what is settled by the hour in which it was received, and once", () =>
      Effect.gen(function*() {
        const { accept, acknowledge, books, take } = yield* queueDriver
        const start = Math.ceil((yield* Clock.currentTimeMillis) / hour) * hour
        const first = start / hour
        yield* TestClock.setTime(start)
        assert.deepStrictEqual(yield* books.settledByHour, {
          counts: [],
          since: undefined,
          oldestWaiting: undefined,
          at: start
        })
        yield* accept(texts(7))
        const received = (hours: number) => new Date(start + hours * hour + 59 * minute).toISOString()
        const outcomes = (yield* take()).map(({ position }, index): Outcome => {
          if (index < 2) return { _tag: "forwarded", position, receivedAt: received(0), alert: alert("same") }
          if (index === 2) return { _tag: "suppressed", position, receivedAt: received(-1) }
          if (index === 3) return { _tag: "dead", position, letter: letter("poison") }
          // Too old, of no time, and of a clock that is far ahead.
          const receivedAt = [received(-49), undefined, received(2)][index - 4]
          return { _tag: "unmatched", position, receivedAt, fingerprint: "x" }
        })
        assert.isDefined((yield* books.settledByHour).oldestWaiting)
        yield* acknowledge(outcomes.slice(0, 3))
        yield* acknowledge(outcomes)
        const { counts, oldestWaiting, since } = yield* books.settledByHour
        assert.deepStrictEqual([since, oldestWaiting], [first, undefined])
        // Both are forwarded in the record, though one alert stands for the two.
        assert.sameDeepMembers([...counts], [
          { hour: first, outcome: "forwarded", count: 2 },
          { hour: first - 1, outcome: "suppressed", count: 1 }
        ])
      }))

    promise("forget what was settled after two days", () =>
      Effect.gen(function*() {
        const { accept, acknowledge, books, take } = yield* queueDriver
        const settle = Effect.gen(function*() {
          const receivedAt = new Date(yield* Clock.currentTimeMillis).toISOString()
          yield* accept(texts(1))
          yield* acknowledge((yield* take()).map(({ position }) => ({ _tag: "suppressed", position, receivedAt })))
        })
        const first = Math.floor((yield* Clock.currentTimeMillis) / hour)
        for (let turn = 0; turn < 60; turn++) {
          yield* settle
          yield* TestClock.adjust(hour)
        }
        const { counts, since } = yield* books.settledByHour
        assert.strictEqual(since, first)
        assert.deepStrictEqual(
          counts.map((one) => one.hour).sort(),
          Array.from({ length: 49 }, (_, index) => first + 11 + index)
        )
      }))

    promise(
      "begin a new page with what is there, and balance on it whatever was counted before",
      () =>
        Effect.gen(function*() {
          const { acceptApart, acknowledge, books, claimed, finish, handOver, quarantine, take } = yield* queueDriver
          yield* handOver([alert("a"), alert("b", "same"), alert("c", "same")])
          yield* quarantine(["unreadable"])
          yield* acceptApart(texts(5))
          const [first, ...others] = yield* take(3)
          if (first !== undefined) {
            yield* acknowledge([{ _tag: "dead", position: first.position, letter: letter("poison") }])
          }
          const { after, before } = yield* books.reset
          assert.deepInclude(before, { accepted: 8, forwarded: 3, recovered: 0 })
          assert.deepInclude(after, { accepted: 5, forwarded: 0, recovered: 3, quarantined: 1, eventsWaiting: 4 })
          assert.deepStrictEqual([after.alertsWaiting, after.eventsDead, after.quarantineHeld], [3, 1, 1])
          const settled = yield* books.settledByHour
          assert.deepStrictEqual([settled.counts, settled.since], [[], Math.floor(settled.at / hour)])

          yield* acknowledge(others.map(({ position }) => ({ _tag: "suppressed", position })))
          for (const one of yield* claimed()) yield* finish(one, delivered)
          const page = yield* books.page
          assert.deepInclude(page, { suppressed: 2, delivered: 2, alertsWaiting: 1, eventsWaiting: 2 })
          for (const [one, other] of sides(page)) assert.strictEqual(one, other)
        })
    )

    for (const seed of [1, 2, 3, 4]) {
      promise(
        `balance after every step of whatever happens, and come to the same as in memory (seed ${seed})`,
        () =>
          Effect.gen(function*() {
            const start = yield* Clock.currentTimeMillis
            const here = yield* modelTest(seed, 120)
            yield* TestClock.setTime(start)
            const inMemory = yield* Effect.provide(modelTest(seed, 120), QueueMemory)
            const parting = here.findIndex((step, index) => JSON.stringify(step) !== JSON.stringify(inMemory[index]))
            assert.deepStrictEqual(here[parting], inMemory[parting], `entry ${parting}`)
          })
      )
    }
  })
}

import { assert, layer } from "@effect/vitest"
import { Clock, Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { promising, type QueueWorld } from "./harness.ts"
import { modelTest } from "./modelTest.ts"
import { queueDriver, texts } from "./queueDriver.ts"
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

import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { promising, type QueueWorld } from "./harness.ts"
import { sides } from "./modelTest.ts"
import { queueDriver, refused, texts, wide } from "./queueDriver.ts"

const limits = (records: number, bytes = 1_000_000_000) => ({
  ...wide,
  quarantine: { records, bytes, keptMs: 3_600_000 }
})

/** What any quarantine promises of its room. */
export const quarantineSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`quarantine in ${name}`, (it) => {
    const promise = promising(it)

    const tally = Effect.gen(function*() {
      const { books } = yield* queueDriver
      const page = yield* books.page
      for (const [left, right] of sides(page)) assert.strictEqual(left, right)
      return [page.quarantined, page.quarantineHeld, page.quarantineOverShare]
    })

    promise("keeps the records of others whoever floods it, and accounts for all", () =>
      Effect.gen(function*() {
        const { letters, quarantine } = yield* queueDriver
        const room = limits(100_000)
        yield* quarantine(texts(500, "key"), "a key", undefined, room)
        yield* quarantine(texts(500, "switch"), "syslog/udp", "192.0.2.1", room)
        for (let batch = 0; batch < 22; batch++) {
          yield* quarantine(texts(5_000, "junk"), "syslog/udp", "203.0.113.9", room)
        }
        const kept = (yield* letters.list("quarantine", 100_000)).map(({ payload }) => payload)
        for (const text of [...texts(500, "key"), ...texts(500, "switch")]) assert.include(kept, text)
        const [received, held = 0, overShare = 0] = yield* tally
        assert.deepStrictEqual([received, held + overShare], [111_000, 111_000])
        assert.isBelow(held, 40_000)
        // And there is room for whoever comes next.
        assert.deepStrictEqual(yield* quarantine(texts(5_000), "another key", undefined, room), [
          { _tag: "accepted", depth: 0 }
        ])
        assert.deepStrictEqual(yield* quarantine(texts(1_000), "syslog/udp", "192.0.2.2", room), [
          { _tag: "accepted", depth: 0 }
        ])
      }))

    promise("gives a sender half of it, and says which of its records were not kept", () =>
      Effect.gen(function*() {
        const { letters, quarantine } = yield* queueDriver
        assert.deepStrictEqual(yield* quarantine(texts(7), "s", undefined, limits(10)), [
          { _tag: "accepted", depth: 0, overShare: [5, 6] }
        ])
        assert.deepStrictEqual((yield* letters.list("quarantine", 10)).map(({ payload }) => payload), [
          ...texts(5).reverse()
        ])
        assert.deepStrictEqual(yield* tally, [7, 5, 2])
      }))

    promise("is bounded in bytes too, by sender and by peer", () =>
      Effect.gen(function*() {
        const { quarantine } = yield* queueDriver
        const room = limits(1_000, 90_000)
        const large = (count: number) => Array.from({ length: count }, () => "x".repeat(1_000))
        yield* quarantine(large(100), "syslog/udp", "192.0.2.1", room)
        assert.deepStrictEqual(yield* tally, [100, 30, 70])
        yield* quarantine(large(100), "syslog/udp", "192.0.2.2", room)
        assert.deepStrictEqual(yield* tally, [200, 40, 160])
        yield* quarantine(large(100), "key", undefined, room)
        assert.deepStrictEqual(yield* tally, [300, 65, 235])
      }))

    promise("gives room back for what is discarded", () =>
      Effect.gen(function*() {
        const { letters, quarantine } = yield* queueDriver
        const room = limits(30)
        const fill = quarantine(texts(30), "syslog/tcp", "192.0.2.1", room)
        yield* fill
        const first = yield* tally
        const entryIds = (yield* letters.list("quarantine", 100)).map(({ entryId }) => entryId)
        assert.lengthOf(entryIds, 10)
        assert.deepStrictEqual(yield* letters.discard("quarantine", [...entryIds, ...entryIds, "1-1"]), entryIds)
        yield* fill
        const second = yield* tally
        assert.deepStrictEqual([first, second], [[30, 10, 20], [60, 10, 40]])
      }))

    promise("lets records go that are too old, when others come", () =>
      Effect.gen(function*() {
        const { books, letters, quarantine } = yield* queueDriver
        const room = limits(10)
        for (const sender of ["a", "b"]) yield* quarantine(texts(9, sender), sender, undefined, room)
        assert.deepStrictEqual(yield* tally, [18, 8, 10])
        assert.strictEqual((yield* books.page).quarantineTrimmed, 0)
        yield* TestClock.adjust("61 minutes")
        yield* quarantine(texts(5, "new"), "b", undefined, room)
        assert.strictEqual((yield* books.page).quarantineTrimmed, 8)
        const kept = (yield* letters.list("quarantine", 10)).map(({ payload }) => payload)
        assert.deepStrictEqual(kept, texts(5, "new").reverse())
        yield* tally
      }))

    promise(
      "does not grow with the number of peers that somebody invents, and keeps what was there",
      () =>
        Effect.gen(function*() {
          const { events, letters, quarantine } = yield* queueDriver
          const room = limits(100_000)
          yield* quarantine(texts(50, "switch"), "syslog/udp", "192.0.2.1", room)
          const invented = Array.from({ length: 10_000 }, (_, index) => `203.${index >> 8}.${index & 255}.7`)
          for (let round = 0; round < 3; round++) {
            const quarantined = invented.flatMap((peer) => refused(texts(5, peer), peer))
            yield* events.append([{ sender: "syslog/udp", events: [], quarantined }], room)
          }
          const kept = (yield* letters.list("quarantine", 100_000)).map(({ payload }) => payload)
          for (const text of texts(50, "switch")) assert.include(kept, text)
          const [, held = 0] = yield* tally
          assert.isAtMost(held, 50_000)
          assert.deepStrictEqual(yield* quarantine(texts(10_000), "a key", undefined, room), [
            { _tag: "accepted", depth: 0 }
          ])
        })
    )

    promise("takes tokens of the sender's rate, as events do", () =>
      Effect.gen(function*() {
        const { quarantine } = yield* queueDriver
        const ten = { ...wide, rate: 10, rateWindowMs: 1_000 }
        yield* quarantine(texts(10), "loud", undefined, ten)
        assert.deepStrictEqual(yield* quarantine(texts(3), "loud", undefined, ten), [
          { _tag: "limited", retryAfterMs: 300 }
        ])
        assert.strictEqual((yield* quarantine(texts(3), "calm", undefined, ten))[0]?._tag, "accepted")
        assert.deepStrictEqual(yield* tally, [13, 13, 0])
      }))
  })
}

import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { promising, type QueueWorld } from "./harness.ts"
import { queueDriver, refused, texts, wide } from "./queueDriver.ts"

const eventBatch = (count: number, id?: string, content = "c") => ({
  sender: "s",
  events: texts(count),
  quarantined: [],
  named: id === undefined ? undefined : { id, content }
})

/** What any event queue promises of calls and batches that come again. */
export const repeatsSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`event queue in ${name}: repeats`, (it) => {
    const promise = promising(it)

    promise("does a call that is sent again once, and answers it alike", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        const tight = { ...wide, capacity: 10, quarantine: { ...wide.quarantine, records: 3 } }
        const batches = [
          eventBatch(4),
          eventBatch(40),
          { sender: "q", events: [], quarantined: refused(texts(5), "192.0.2.1") }
        ]
        const first = yield* events.append(batches, tight, { lane: "a:0", turn: 7 })
        assert.deepStrictEqual(first.map(({ _tag }) => _tag), ["accepted", "full", "accepted"])
        assert.deepStrictEqual(yield* events.append(batches, tight, { lane: "a:0", turn: 7 }), first)
        const { accepted, quarantined } = yield* books.page
        assert.deepStrictEqual([accepted, quarantined], [4, 5])
        // Another lane, and the next call of this one.
        yield* events.append([eventBatch(1)], wide, { lane: "a:1", turn: 7 })
        yield* events.append([eventBatch(1)], wide, { lane: "a:0", turn: 8 })
        assert.strictEqual((yield* books.page).accepted, 6)
      }))

    promise("refuses a call that comes after a newer one of its lane", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        yield* events.append([eventBatch(1)], wide, { lane: "a:0", turn: 2 })
        const late = yield* Effect.flip(events.append([eventBatch(1)], wide, { lane: "a:0", turn: 1 }))
        assert.strictEqual(late.outcome, "unchanged")
        assert.strictEqual((yield* books.page).accepted, 1)
      }))

    promise("forgets a call after a minute", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        yield* events.append([eventBatch(1)], wide, { lane: "a:0", turn: 1 })
        yield* TestClock.adjust("61 seconds")
        yield* events.append([eventBatch(1)], wide)
        yield* events.append([eventBatch(1)], wide, { lane: "a:0", turn: 1 })
        assert.strictEqual((yield* books.page).accepted, 3)
      }))

    promise(
      "stores a batch with an id once, in whatever call it comes, and answers it alike",
      () =>
        Effect.gen(function*() {
          const { books, events } = yield* queueDriver
          const [first] = yield* events.append([eventBatch(3, "one")], wide)
          assert.deepStrictEqual(first, { _tag: "accepted", depth: 3 })
          const again = yield* events.append([eventBatch(2), eventBatch(3, "one"), eventBatch(1, "two")], wide)
          assert.deepStrictEqual(again, [
            { _tag: "accepted", depth: 5 },
            { _tag: "accepted", depth: 3, repeated: true },
            { _tag: "accepted", depth: 6 }
          ])
          const twice = yield* events.append([eventBatch(1, "three"), eventBatch(1, "three")], wide)
          assert.deepStrictEqual(twice, [
            { _tag: "accepted", depth: 7 },
            { _tag: "accepted", depth: 7, repeated: true }
          ])
          assert.strictEqual((yield* books.page).accepted, 7)
        })
    )

    promise("says again which of the records of a batch were not kept", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        const tight = { ...wide, quarantine: { ...wide.quarantine, records: 3 } }
        const batch = {
          sender: "q",
          events: ["e"],
          quarantined: refused(texts(5), "192.0.2.1"),
          named: { id: "i", content: "c" }
        }
        const [first] = yield* events.append([batch], tight)
        const [again] = yield* events.append([batch], tight)
        if (first?._tag !== "accepted") return assert.fail("not accepted")
        assert.isAbove(first.overShare?.length ?? 0, 0)
        assert.deepStrictEqual(again, { ...first, repeated: true })
        const { accepted, quarantined } = yield* books.page
        assert.deepStrictEqual([accepted, quarantined], [1, 5])
      }))

    promise(
      "refuses an id with another content, and knows nothing of a batch that was refused",
      () =>
        Effect.gen(function*() {
          const { books, events } = yield* queueDriver
          yield* events.append([eventBatch(1, "one", "a")], wide)
          assert.deepStrictEqual(yield* events.append([eventBatch(2, "one", "b")], wide), [{ _tag: "conflict" }])
          const tiny = { ...wide, capacity: 2 }
          const [full] = yield* events.append([eventBatch(5, "two")], tiny)
          assert.strictEqual(full?._tag, "full")
          const [room] = yield* events.append([eventBatch(5, "two")], wide)
          assert.deepStrictEqual(room, { _tag: "accepted", depth: 6 })
          assert.strictEqual((yield* books.page).accepted, 6)
        })
    )

    promise("forgets an id after ten minutes", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        yield* events.append([eventBatch(1, "one")], wide)
        yield* TestClock.adjust("599 seconds")
        yield* events.append([eventBatch(1, "one")], wide)
        assert.strictEqual((yield* books.page).accepted, 1)
        yield* TestClock.adjust("2 seconds")
        yield* events.append([eventBatch(1, "other")], wide)
        yield* events.append([eventBatch(1, "one")], wide)
        assert.strictEqual((yield* books.page).accepted, 3)
      }))
  })
}

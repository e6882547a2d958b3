import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Delivery, Outcome } from "../../../layers/queue/EventQueue.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { queueDriver, refused, texts, wide } from "./queueDriver.ts"

const eventBatch = (count: number, sender = "s") => ({ sender, events: texts(count), quarantined: [] })
const payloads = (deliveries: ReadonlyArray<{ readonly payload: string }>) => deliveries.map(({ payload }) => payload)
const suppressed = ({ position }: Delivery): Outcome => ({ _tag: "suppressed", position })

/** What any event queue promises of taking in. */
export const takingInSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`event queue in ${name}: taking in`, (it) => {
    const promise = promising(it)

    promise("gives events as they came, in the order they came", () =>
      Effect.gen(function*() {
        const { events, take } = yield* queueDriver
        const odd = ["", "a\nb\r\0c", "Ω 🚨 \u2028", `"${"x".repeat(70_000)}"`]
        yield* events.append([
          { sender: "a", events: odd.slice(0, 2), quarantined: [] },
          { sender: "b", events: odd.slice(2), quarantined: [] }
        ], wide)
        assert.deepStrictEqual(payloads(yield* take(3)), odd.slice(0, 3))
        assert.deepStrictEqual(payloads(yield* take(3)), odd.slice(3))
        assert.deepStrictEqual(yield* take(3), [])
      }))

    promise(
      "gives what was stored together out together, and few more than were asked for",
      () =>
        Effect.gen(function*() {
          const { accept, take } = yield* queueDriver
          yield* accept(texts(3))
          yield* accept(texts(300, "f"))
          assert.deepStrictEqual(payloads(yield* take(1)), texts(3))
          const some = payloads(yield* take(100))
          assert.isAtLeast(some.length, 100)
          assert.isBelow(some.length, 200)
          assert.deepStrictEqual([...some, ...payloads(yield* take(300))], texts(300, "f"))
        })
    )

    promise(
      "gives the small batches of one call out together, and nothing of those it refused",
      () =>
        Effect.gen(function*() {
          const { events, take } = yield* queueDriver
          const lone = texts(70).map((text) => ({ sender: "s", events: [text], quarantined: [] }))
          yield* events.append([...lone, eventBatch(40)], { ...wide, capacity: 100 })
          assert.deepStrictEqual(payloads(yield* take(1)), texts(64))
          assert.deepStrictEqual(payloads(yield* take(1)), texts(70).slice(64))
        })
    )

    promise("keeps large events apart, so that few come at a time", () =>
      Effect.gen(function*() {
        const { accept, take } = yield* queueDriver
        yield* accept(texts(5).map((text) => text.padEnd(10_000, ".")))
        assert.lengthOf(yield* take(2), 2)
      }))

    promise("answers each batch, in order", () =>
      Effect.gen(function*() {
        const { events } = yield* queueDriver
        const receipts = yield* events.append(
          [eventBatch(3), eventBatch(0), eventBatch(9), eventBatch(2), eventBatch(1, "other")],
          { ...wide, capacity: 10, rate: 4 }
        )
        assert.deepStrictEqual(receipts, [
          { _tag: "accepted", depth: 3 },
          { _tag: "accepted", depth: 3 },
          { _tag: "full", depth: 3, limit: "events" },
          { _tag: "limited", retryAfterMs: 250 },
          { _tag: "accepted", depth: 4 }
        ])
        assert.deepStrictEqual(yield* events.append([], wide), [])
      }))

    promise("takes thousands of events in one call", () =>
      Effect.gen(function*() {
        const { events, take } = yield* queueDriver
        const [receipt] = yield* events.append([eventBatch(5_000)], wide)
        assert.deepStrictEqual(receipt, { _tag: "accepted", depth: 5_000 })
        const all = [...(yield* take(3_000)), ...(yield* take(3_000))]
        assert.lengthOf(yield* take(), 0)
        assert.deepStrictEqual(payloads(all), texts(5_000))
      }))

    promise(
      "is full with what waits and what is in hand, and has room again when that is settled",
      () =>
        Effect.gen(function*() {
          const { events, acknowledge, take } = yield* queueDriver
          const ten = { ...wide, capacity: 10 }
          yield* events.append([eventBatch(4, "a")], ten)
          yield* events.append([eventBatch(3, "b"), eventBatch(1, "c"), eventBatch(1, "d")], ten)
          const held = yield* take(4)
          const full = { _tag: "full", limit: "events" } as const
          assert.deepStrictEqual(yield* events.append([eventBatch(2)], ten), [{ ...full, depth: 9 }])
          yield* acknowledge(held.map(suppressed))
          const { depth } = yield* events.backlog
          assert.deepStrictEqual(yield* events.append([eventBatch(11 - depth)], ten), [{ ...full, depth }])
          assert.deepStrictEqual(yield* events.append([eventBatch(2)], ten), [{ _tag: "accepted", depth: depth + 2 }])
        })
    )

    promise("never holds more than its capacity, however many append at once", () =>
      Effect.gen(function*() {
        const { events } = yield* queueDriver
        const receipts = yield* Effect.forEach(
          texts(40),
          (sender) => events.append([eventBatch(7, sender)], { ...wide, capacity: 100 }),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(receipts.flat().filter(({ _tag }) => _tag === "accepted"), 13)
        assert.strictEqual((yield* events.backlog).depth, 91)
      }))

    promise(
      "takes a batch beyond its capacity when it is empty, since it would never have room",
      () =>
        Effect.gen(function*() {
          const { events } = yield* queueDriver
          const five = { ...wide, capacity: 5 }
          assert.deepStrictEqual(yield* events.append([eventBatch(8)], five), [{ _tag: "accepted", depth: 8 }])
          assert.deepStrictEqual(yield* events.append([eventBatch(8)], five), [{
            _tag: "full",
            depth: 8,
            limit: "events"
          }])
        })
    )

    promise(
      "limits each sender by a bucket that fills with time, and says when it will do",
      () =>
        Effect.gen(function*() {
          const { events } = yield* queueDriver
          const ten = { ...wide, rate: 10, rateWindowMs: 1_000 }
          const tag = (count: number, sender: string) =>
            Effect.map(events.append([eventBatch(count, sender)], ten), ([receipt]) => receipt?._tag)
          assert.strictEqual(yield* tag(10, "loud"), "accepted")
          assert.strictEqual(yield* tag(10, "calm"), "accepted")
          assert.deepStrictEqual(yield* events.append([eventBatch(3, "loud")], ten), [{
            _tag: "limited",
            retryAfterMs: 300
          }])
          yield* TestClock.adjust(299)
          assert.strictEqual(yield* tag(3, "loud"), "limited")
          yield* TestClock.adjust(1)
          assert.strictEqual(yield* tag(3, "loud"), "accepted")
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(yield* tag(10, "loud"), "accepted")
          assert.strictEqual(yield* tag(1, "loud"), "limited")
        })
    )

    promise(
      "takes a batch beyond a sender's limit when its bucket is full, and then makes it wait longer",
      () =>
        Effect.gen(function*() {
          const { events } = yield* queueDriver
          const ten = { ...wide, rate: 10, rateWindowMs: 1_000 }
          assert.strictEqual((yield* events.append([eventBatch(30)], ten))[0]?._tag, "accepted")
          assert.deepStrictEqual(yield* events.append([eventBatch(1)], ten), [{ _tag: "limited", retryAfterMs: 2_100 }])
        })
    )

    promise("takes nothing from a sender's bucket for what it refuses", () =>
      Effect.gen(function*() {
        const { events } = yield* queueDriver
        const tight = { ...wide, capacity: 12, rate: 10 }
        yield* events.append([eventBatch(8, "other")], wide)
        assert.strictEqual((yield* events.append([eventBatch(9)], tight))[0]?._tag, "full")
        assert.strictEqual((yield* events.append([eventBatch(10)], { ...tight, capacity: 100 }))[0]?._tag, "accepted")
      }))

    promise("keeps unreadable records also when it is full", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        const one = { ...wide, capacity: 1 }
        yield* events.append([{ sender: "s", events: ["e"], quarantined: refused(["q-0"]) }], one)
        const receipts = yield* events.append([{ sender: "s", events: [], quarantined: refused(["q-1", "q-2"]) }], one)
        assert.deepStrictEqual(receipts, [{ _tag: "accepted", depth: 1 }])
        const { accepted, quarantineHeld, quarantined } = yield* books.page
        assert.deepStrictEqual([accepted, quarantined, quarantineHeld], [1, 3, 3])
      }))

    promise("keeps nothing of a batch that it refuses", () =>
      Effect.gen(function*() {
        const { books, events } = yield* queueDriver
        yield* events.append([eventBatch(1)], wide)
        yield* events.append([{ sender: "s", events: ["a", "b"], quarantined: refused(["q"]) }], {
          ...wide,
          capacity: 2
        })
        const { accepted, eventsWaiting, quarantined } = yield* books.page
        assert.deepStrictEqual([accepted, eventsWaiting, quarantined], [1, 1, 0])
      }))
  })
}

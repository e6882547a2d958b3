import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, type Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Settlement } from "../../../layers/queue/EventQueue.ts"
import { hands, letter, texts, wide } from "./hands.ts"
import { eventually, promising, type QueueWorld } from "./world.ts"

const parcel = (count: number, sender = "s") => ({ sender, events: texts(count), quarantined: [] })
const payloads = (deliveries: ReadonlyArray<{ readonly payload: string }>) => deliveries.map(({ payload }) => payload)
const suppressed = ({ entryId }: { readonly entryId: string }): Settlement => ({ _tag: "suppressed", entryId })

/** What any event queue promises of taking in and giving out. */
export const eventQueueSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true, timeout: 60_000 })(`event queue in ${name}: taking in`, (it) => {
    const promise = promising(it)

    promise("gives events as they came, in the order they came", () =>
      Effect.gen(function*() {
        const { events, take } = yield* hands
        const odd = ["", "a\nb\r\0c", "Ω 🚨 \u2028", `"${"x".repeat(70_000)}"`]
        yield* events.append([
          { sender: "a", events: odd.slice(0, 2), quarantined: [] },
          { sender: "b", events: odd.slice(2), quarantined: [] }
        ], wide)
        assert.deepStrictEqual(payloads(yield* take(3)), odd.slice(0, 3))
        assert.deepStrictEqual(payloads(yield* take(3)), odd.slice(3))
        assert.deepStrictEqual(yield* take(3), [])
      }))

    promise("answers each parcel, in order", () =>
      Effect.gen(function*() {
        const { events } = yield* hands
        const receipts = yield* events.append(
          [parcel(3), parcel(0), parcel(9), parcel(2), parcel(1, "other")],
          { capacity: 10, rate: 4, rateWindowMs: 1_000 }
        )
        assert.deepStrictEqual(receipts, [
          { _tag: "accepted", depth: 3 },
          { _tag: "accepted", depth: 3 },
          { _tag: "full", depth: 3 },
          { _tag: "limited", retryAfterMs: 250 },
          { _tag: "accepted", depth: 4 }
        ])
        assert.deepStrictEqual(yield* events.append([], wide), [])
      }))

    promise("takes thousands of events in one call", () =>
      Effect.gen(function*() {
        const { events, take } = yield* hands
        const [receipt] = yield* events.append([parcel(5_000)], wide)
        assert.deepStrictEqual(receipt, { _tag: "accepted", depth: 5_000 })
        const all = [...(yield* take(3_000)), ...(yield* take(3_000))]
        assert.deepStrictEqual(payloads(all), texts(5_000))
      }))

    promise(
      "is full with what waits and what is in hand, and has room again when that is settled",
      () =>
        Effect.gen(function*() {
          const { events, settle, take } = yield* hands
          const ten = { ...wide, capacity: 10 }
          yield* events.append([parcel(10)], ten)
          const held = yield* take(4)
          assert.deepStrictEqual(yield* events.append([parcel(1)], ten), [{ _tag: "full", depth: 10 }])
          yield* settle(held.map(suppressed))
          assert.deepStrictEqual(yield* events.append([parcel(5)], ten), [{ _tag: "full", depth: 6 }])
          assert.deepStrictEqual(yield* events.append([parcel(4)], ten), [{ _tag: "accepted", depth: 10 }])
        })
    )

    promise("never holds more than its capacity, however many append at once", () =>
      Effect.gen(function*() {
        const { events } = yield* hands
        const receipts = yield* Effect.forEach(
          Array.from({ length: 40 }),
          () => events.append([parcel(7)], { ...wide, capacity: 100 }),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(receipts.flat().filter(({ _tag }) => _tag === "accepted"), 14)
        assert.strictEqual((yield* events.backlog).depth, 98)
      }))

    promise(
      "takes a parcel beyond its capacity when it is empty, since it would never have room",
      () =>
        Effect.gen(function*() {
          const { events } = yield* hands
          const five = { ...wide, capacity: 5 }
          assert.deepStrictEqual(yield* events.append([parcel(8)], five), [{ _tag: "accepted", depth: 8 }])
          assert.deepStrictEqual(yield* events.append([parcel(8)], five), [{ _tag: "full", depth: 8 }])
        })
    )

    promise(
      "limits each sender by a bucket that fills with time, and says when it will do",
      () =>
        Effect.gen(function*() {
          const { events } = yield* hands
          const ten = { ...wide, rate: 10, rateWindowMs: 1_000 }
          const tag = (count: number, sender: string) =>
            Effect.map(events.append([parcel(count, sender)], ten), ([receipt]) => receipt?._tag)
          assert.strictEqual(yield* tag(10, "loud"), "accepted")
          assert.strictEqual(yield* tag(10, "calm"), "accepted")
          assert.deepStrictEqual(yield* events.append([parcel(3, "loud")], ten), [{
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
      "takes a parcel beyond a sender's limit when its bucket is full, and then makes it wait longer",
      () =>
        Effect.gen(function*() {
          const { events } = yield* hands
          const ten = { ...wide, rate: 10, rateWindowMs: 1_000 }
          assert.strictEqual((yield* events.append([parcel(30)], ten))[0]?._tag, "accepted")
          assert.deepStrictEqual(yield* events.append([parcel(1)], ten), [{ _tag: "limited", retryAfterMs: 2_100 }])
        })
    )

    promise("takes nothing from a sender's bucket for what it refuses", () =>
      Effect.gen(function*() {
        const { events } = yield* hands
        const tight = { capacity: 12, rate: 10, rateWindowMs: 1_000 }
        yield* events.append([parcel(8, "other")], wide)
        assert.strictEqual((yield* events.append([parcel(9)], tight))[0]?._tag, "full")
        assert.strictEqual((yield* events.append([parcel(10)], { ...tight, capacity: 100 }))[0]?._tag, "accepted")
      }))

    promise("keeps unreadable records also when it is full", () =>
      Effect.gen(function*() {
        const { books, events } = yield* hands
        const one = { capacity: 1, rate: 1, rateWindowMs: 1_000 }
        yield* events.append([{ sender: "s", events: ["e"], quarantined: ["q-0"] }], one)
        const receipts = yield* events.append([{ sender: "s", events: [], quarantined: ["q-1", "q-2"] }], one)
        assert.deepStrictEqual(receipts, [{ _tag: "accepted", depth: 1 }])
        const { accepted, quarantineHeld, quarantined } = yield* books.page
        assert.deepStrictEqual([accepted, quarantined, quarantineHeld], [1, 3, 3])
      }))

    promise("keeps nothing of a parcel that it refuses", () =>
      Effect.gen(function*() {
        const { books, events } = yield* hands
        yield* events.append([parcel(1)], wide)
        yield* events.append([{ sender: "s", events: ["a", "b"], quarantined: ["q"] }], { ...wide, capacity: 2 })
        const { accepted, eventsWaiting, quarantined } = yield* books.page
        assert.deepStrictEqual([accepted, eventsWaiting, quarantined], [1, 1, 0])
      }))
  })

  layer(world, { excludeTestServices: true, timeout: 60_000 })(`event queue in ${name}: giving out`, (it) => {
    const promise = promising(it)

    promise("wakes who waits for the first event", () =>
      Effect.gen(function*() {
        const { accept, events } = yield* hands
        const waiting = yield* Effect.forkChild(events.read("one", 10, 20_000))
        yield* Effect.yieldNow
        yield* accept(["late"])
        assert.deepStrictEqual(payloads(yield* Fiber.join(waiting)), ["late"])
      }))

    promise("waits no longer than it is told to", () =>
      Effect.gen(function*() {
        const { events } = yield* hands
        const waiting = yield* Effect.forkChild(events.read("one", 10, 30))
        yield* eventually(Effect.suspend(() => waiting.pollUnsafe() === undefined ? Effect.fail("waits") : Effect.void))
        assert.deepStrictEqual(yield* Fiber.join(waiting), [])
      }))

    promise("gives every event to one consumer only", () =>
      Effect.gen(function*() {
        const { accept, events } = yield* hands
        yield* accept(texts(300))
        const taken = yield* Effect.forEach(["one", "two", "three"], (consumer) =>
          Effect.forEach(Array.from({ length: 15 }), () => events.read(consumer, 10, 0)), { concurrency: 3 })
        assert.sameMembers(payloads(taken.flat(2)), texts(300))
      }))

    promise("lets another consumer take over what a dead one held, and not sooner", () =>
      Effect.gen(function*() {
        const { accept, events, take } = yield* hands
        yield* accept(texts(3))
        const held = yield* take(2, "dead")
        assert.deepStrictEqual(yield* events.reclaim("heir", 60_000, 10), [])
        const inherited = yield* eventually(
          Effect.flatMap(events.reclaim("heir", 20, 10), (found) =>
            found.length === 0 ? Effect.fail("none") : Effect.succeed(found))
        )
        assert.deepStrictEqual(inherited, held)
        assert.deepStrictEqual(payloads(yield* take(10, "heir")), ["e-2"])
      }))

    promise("lets a consumer take over its own after a restart", () =>
      Effect.gen(function*() {
        const { accept, events, take } = yield* hands
        yield* accept(texts(2))
        const held = yield* take()
        assert.deepStrictEqual(yield* events.reclaim("one", 0, 10), held)
      }))

    promise("gives as many to take over as were asked for, also out of very many", () =>
      Effect.gen(function*() {
        const { accept, events, take } = yield* hands
        yield* accept(texts(2_500))
        yield* take(2_500)
        assert.lengthOf(yield* events.reclaim("heir", 0, 2_000), 2_000)
        assert.lengthOf(yield* events.reclaim("heir", 0, 5_000), 2_500)
      }))

    promise("has nothing to take over before anything was read", () =>
      Effect.gen(function*() {
        const { events } = yield* hands
        assert.deepStrictEqual(yield* events.reclaim("one", 0, 10), [])
        assert.deepStrictEqual(yield* events.backlog, { depth: 0, inHand: 0, oldestMs: 0 })
      }))

    promise("tells how many wait, how many are in hand, and since when", () =>
      Effect.gen(function*() {
        const { accept, events, settle, take } = yield* hands
        yield* accept(texts(5))
        const held = yield* take(2)
        yield* TestClock.adjust("90 seconds")
        const backlog = yield* events.backlog
        assert.deepStrictEqual([backlog.depth, backlog.inHand], [5, 2])
        assert.isAtLeast(backlog.oldestMs, 80_000)
        yield* settle(held.map(suppressed))
        const after = yield* events.backlog
        assert.deepStrictEqual([after.depth, after.inHand], [3, 0])
      }))

    promise("keeps a dead event as it was accepted, with the reason and what was tried", () =>
      Effect.gen(function*() {
        const { accept, letters, settle, take } = yield* hands
        yield* accept(["as it came"])
        const settlements = (yield* take()).map(({ entryId }): Settlement => ({
          _tag: "dead",
          entryId,
          letter: letter("not_an_event", { at: "2026-01-01T00:00:00.000Z", reason: "decode", detail: "no id" })
        }))
        assert.strictEqual((yield* settle(settlements)).dead, 1)
        const [kept] = yield* letters.list("events", 10)
        assert.deepStrictEqual([kept?.reason, kept?.detail, kept?.payload], [
          "not_an_event",
          "not_an_event indeed",
          "as it came"
        ])
        assert.deepStrictEqual(kept?.attempts, [{ at: "2026-01-01T00:00:00.000Z", reason: "decode", detail: "no id" }])
      }))

    promise("keeps a dead event also when its letter is unreadable", () =>
      Effect.gen(function*() {
        const { accept, letters, settle, take } = yield* hands
        yield* accept(["e"])
        yield* settle((yield* take()).map(({ entryId }) => ({ _tag: "dead", entryId, letter: "nonsense" })))
        const [kept] = yield* letters.list("events", 10)
        assert.deepStrictEqual([kept?.reason, kept?.detail, kept?.payload], ["unknown", "nonsense", "e"])
      }))
  })
}

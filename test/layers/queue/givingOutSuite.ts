import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, type Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Delivery, Outcome } from "../../../layers/queue/EventQueue.ts"
import { eventually, promising, type QueueWorld } from "./harness.ts"
import { letter, queueDriver, texts } from "./queueDriver.ts"

const payloads = (deliveries: ReadonlyArray<{ readonly payload: string }>) => deliveries.map(({ payload }) => payload)
const suppressed = ({ position }: Delivery): Outcome => ({ _tag: "suppressed", position })

/** What any event queue promises of giving out. */
export const givingOutSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`event queue in ${name}: giving out`, (it) => {
    const promise = promising(it)

    promise("wakes who waits for the first event", () =>
      Effect.gen(function*() {
        const { accept, events } = yield* queueDriver
        const waiting = yield* Effect.forkChild(events.read("one", 10, 20_000))
        yield* Effect.yieldNow
        yield* accept(["late"])
        assert.deepStrictEqual(payloads(yield* Fiber.join(waiting)), ["late"])
      }))

    promise("waits no longer than it is told to", () =>
      Effect.gen(function*() {
        const { events } = yield* queueDriver
        const waiting = yield* Effect.forkChild(events.read("one", 10, 30))
        yield* eventually(Effect.suspend(() => waiting.pollUnsafe() === undefined ? Effect.fail("waits") : Effect.void))
        assert.deepStrictEqual(yield* Fiber.join(waiting), [])
      }))

    promise("gives every event to one consumer only", () =>
      Effect.gen(function*() {
        const { acceptApart, events } = yield* queueDriver
        yield* acceptApart(texts(300))
        const taken = yield* Effect.forEach(["one", "two", "three"], (consumer) =>
          Effect.forEach(Array.from({ length: 15 }), () => events.read(consumer, 10, 0)), { concurrency: 3 })
        assert.sameMembers(payloads(taken.flat(2)), texts(300))
      }))

    promise("lets another consumer take over what a dead one held, and not sooner", () =>
      Effect.gen(function*() {
        const { accept, acceptApart, events, take } = yield* queueDriver
        yield* accept(texts(2))
        yield* acceptApart(["e-2"])
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
        const { accept, events, take } = yield* queueDriver
        yield* accept(texts(2))
        const held = yield* take()
        assert.deepStrictEqual(yield* events.reclaim("one", 0, 10), held)
      }))

    promise("gives as many to take over as were asked for, also out of very many", () =>
      Effect.gen(function*() {
        const { accept, events, take } = yield* queueDriver
        yield* accept(texts(2_500))
        yield* take(2_500)
        const some = (yield* events.reclaim("heir", 0, 2_000)).length
        assert.isAtLeast(some, 2_000)
        assert.isBelow(some, 2_100)
        assert.lengthOf(yield* events.reclaim("heir", 0, 5_000), 2_500)
      }))

    promise("gives to take over only what is not settled of what was stored together", () =>
      Effect.gen(function*() {
        const { accept, books, events, acknowledge, take } = yield* queueDriver
        yield* accept(texts(5))
        const held = yield* take(5, "dead")
        yield* acknowledge([held[3], held[0]].flatMap((one) => one === undefined ? [] : suppressed(one)))
        assert.strictEqual((yield* books.page).eventsWaiting, 3)
        const inherited = yield* events.reclaim("heir", 0, 10)
        assert.deepStrictEqual(payloads(inherited), ["e-1", "e-2", "e-4"])
        const { repeated, suppressed: ended } = yield* acknowledge(held.map(suppressed))
        assert.deepStrictEqual([repeated, ended], [2, 3])
        assert.strictEqual((yield* acknowledge(inherited.map(suppressed))).repeated, 3)
        assert.strictEqual((yield* events.backlog).depth, 0)
      }))

    promise("has nothing to take over before anything was read", () =>
      Effect.gen(function*() {
        const { events } = yield* queueDriver
        assert.deepStrictEqual(yield* events.reclaim("one", 0, 10), [])
        assert.deepStrictEqual(yield* events.backlog, { depth: 0, bytes: 0, oldestMs: 0 })
      }))

    promise("tells how many wait or are in hand, and since when", () =>
      Effect.gen(function*() {
        const { acceptApart, events, acknowledge, take } = yield* queueDriver
        yield* acceptApart(texts(5))
        const held = yield* take(2)
        yield* TestClock.adjust("90 seconds")
        const backlog = yield* events.backlog
        assert.strictEqual(backlog.depth, 5)
        assert.isAtLeast(backlog.oldestMs, 80_000)
        yield* acknowledge(held.map(suppressed))
        assert.strictEqual((yield* events.backlog).depth, 3)
      }))

    promise("keeps a dead event as it was accepted, with the reason and what was tried", () =>
      Effect.gen(function*() {
        const { accept, letters, acknowledge, take } = yield* queueDriver
        yield* accept(["as it came"])
        const outcomes = (yield* take()).map(({ position }): Outcome => ({
          _tag: "dead",
          position,
          letter: letter("not_an_event", { at: "2026-01-01T00:00:00.000Z", reason: "decode", detail: "no id" })
        }))
        assert.strictEqual((yield* acknowledge(outcomes)).dead, 1)
        const [kept] = yield* letters.list("events", 10)
        assert.deepStrictEqual([kept?.reason, kept?.detail, kept?.payload], [
          "not_an_event",
          "not_an_event indeed",
          "as it came"
        ])
        assert.deepStrictEqual(kept?.attempts, [{ at: "2026-01-01T00:00:00.000Z", reason: "decode", detail: "no id" }])
      }))

    promise("keeps of what was stored together only the dead ones as dead", () =>
      Effect.gen(function*() {
        const { accept, letters, acknowledge, take } = yield* queueDriver
        yield* accept(["", ...texts(4), ""])
        yield* acknowledge((yield* take()).map(({ payload, position }): Outcome =>
          payload === "e-1" || payload === ""
            ? { _tag: "dead", position, letter: letter("poison") }
            : { _tag: "suppressed", position }
        ))
        assert.deepStrictEqual(payloads(yield* letters.list("events", 10)), ["", "e-1", ""])
      }))

    promise("keeps a dead event also when its letter is unreadable", () =>
      Effect.gen(function*() {
        const { accept, letters, acknowledge, take } = yield* queueDriver
        yield* accept(["e"])
        yield* acknowledge((yield* take()).map(({ position }) => ({ _tag: "dead", position, letter: "nonsense" })))
        const [kept] = yield* letters.list("events", 10)
        assert.deepStrictEqual([kept?.reason, kept?.detail, kept?.payload], ["unknown", "nonsense", "e"])
      }))
  })
}

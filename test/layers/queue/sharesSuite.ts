import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import type { AppendLimits, AppendResult, Delivery, Outcome } from "../../../layers/queue/EventQueue.ts"
import { promising, type QueueWorld } from "./harness.ts"
import { letter, queueDriver, texts, wide } from "./queueDriver.ts"

const suppressed = ({ position }: Delivery): Outcome => ({ _tag: "suppressed", position })
const full = (limit: "events" | "bytes" | "share", depth: number): AppendResult => ({ _tag: "full", depth, limit })
const bytesOf = (all: ReadonlyArray<string>) => all.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** What any event queue promises of its room: how much it takes, of whom. */
export const sharesSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`room in the event queue in ${name}`, (it) => {
    const promise = promising(it)

    const posting = (limits: AppendLimits) =>
      Effect.map(queueDriver, ({ events }) => (sender: string, count: number, length = 0) => {
        const eventBatch = { sender, events: texts(count).map((text) => text.padEnd(length, ".")), quarantined: [] }
        return Effect.map(events.append([eventBatch], limits), ([receipt]) => receipt)
      })

    promise(
      "is left to others by a sender that fills it while nobody takes anything out",
      () =>
        Effect.gen(function*() {
          const { events } = yield* queueDriver
          const post = yield* posting({ ...wide, capacity: 1_000 })
          let posted = 0
          while ((yield* post("greedy", 10))?._tag === "accepted") posted += 10
          assert.strictEqual(posted, 750)
          assert.deepStrictEqual(yield* post("greedy", 1), full("share", 750))
          assert.strictEqual((yield* post("modest", 100))?._tag, "accepted")
          assert.deepStrictEqual(yield* post("greedy", 1), full("share", 850))
          assert.strictEqual((yield* post("another", 50))?._tag, "accepted")
          assert.strictEqual((yield* events.backlog).depth, 900)
        })
    )

    promise("is told as an append finds it, for anyone", () =>
      Effect.gen(function*() {
        const { events, acknowledge, take } = yield* queueDriver
        const limits = { ...wide, capacity: 1_000, capacityBytes: 100_000 }
        const post = yield* posting(limits)
        const room = (sender: string, count: number, bytes = 5 * count) =>
          events.room({ sender, events: count, bytes }, limits)
        assert.isUndefined(yield* room("greedy", 5_000))
        while ((yield* post("greedy", 10))?._tag === "accepted") continue
        assert.strictEqual(yield* room("greedy", 1), "share")
        assert.isUndefined(yield* room("modest", 100))
        assert.strictEqual(yield* room("modest", 251), "events")
        assert.strictEqual(yield* room("modest", 1, 100_000), "bytes")
        assert.strictEqual(yield* room("modest", 126), "share")
        yield* post("modest", 125)
        while ((yield* post(`m-${(yield* events.backlog).depth}`, 1))?._tag === "accepted") continue
        assert.isDefined(yield* room("", 1))
        yield* acknowledge((yield* take(1_000)).map(suppressed))
        assert.isUndefined(yield* room("greedy", 1))
        assert.strictEqual((yield* events.backlog).depth, 0)
      }))

    promise("is shared evenly by senders that fill it together", () =>
      Effect.gen(function*() {
        const post = yield* posting({ ...wide, capacity: 1_000 })
        yield* post("before", 500)
        const filled = { a: 0, b: 0, c: 0 }
        for (let round = 0; round < 50; round++) {
          for (const sender of ["a", "b", "c"] as const) {
            if ((yield* post(sender, 5))?._tag === "accepted") filled[sender] += 5
          }
        }
        assert.deepStrictEqual(filled, { a: 125, b: 125, c: 125 })
      }))

    promise("is counted by sender anew once it is less than half full", () =>
      Effect.gen(function*() {
        const { acknowledge, take } = yield* queueDriver
        const post = yield* posting({ ...wide, capacity: 1_000 })
        for (let round = 0; round < 3; round++) {
          while ((yield* post("greedy", 50))?._tag === "accepted") continue
          assert.deepStrictEqual(yield* post("greedy", 50), full("share", 750))
          yield* acknowledge((yield* take(1_000)).map(suppressed))
        }
      }))

    promise("stays refused to who is over his share while the rest of it is above half", () =>
      Effect.gen(function*() {
        const { acknowledge, take } = yield* queueDriver
        const post = yield* posting({ ...wide, capacity: 1_000 })
        for (let round = 0; round < 15; round++) yield* post("greedy", 50)
        yield* acknowledge((yield* take(1)).map(suppressed))
        assert.strictEqual((yield* post("greedy", 64))?._tag, "full")
        assert.strictEqual((yield* post("modest", 64))?._tag, "accepted")
      }))

    promise("ends with its bytes too, whoever sends few and large events", () =>
      Effect.gen(function*() {
        const { events } = yield* queueDriver
        const post = yield* posting({ ...wide, capacityBytes: 1_000_000 })
        let posted = 0
        while ((yield* post("greedy", 1, 50_000))?._tag === "accepted") posted += 50_000
        assert.strictEqual(posted, 750_000)
        assert.deepStrictEqual(yield* post("greedy", 1, 50_000), full("share", 15))
        assert.deepStrictEqual(yield* post("modest", 6, 50_000), full("bytes", 15))
        assert.strictEqual((yield* post("modest", 2, 50_000))?._tag, "accepted")
        assert.deepStrictEqual(yield* events.backlog, {
          depth: 17,
          bytes: 850_000,
          oldestMs: (yield* events.backlog).oldestMs
        })
      }))

    promise(
      "takes a batch of more bytes than it may hold when it is empty, since it would never have room",
      () =>
        Effect.gen(function*() {
          const post = yield* posting({ ...wide, capacityBytes: 1_000 })
          assert.strictEqual((yield* post("s", 1, 5_000))?._tag, "accepted")
          assert.deepStrictEqual(yield* post("s", 1), full("bytes", 1))
        })
    )

    promise("knows the bytes of what waits, however that comes and goes", () =>
      Effect.gen(function*() {
        const { accept, acceptApart, books, events, letters, acknowledge, take } = yield* queueDriver
        const bytes = Effect.map(events.backlog, ({ bytes }) => bytes)
        const [alone, together] = [["Ω 🚨", "x".repeat(20_000)], texts(100)]
        yield* acceptApart(alone)
        yield* accept(together)
        // Those of one entry are lines of it.
        assert.strictEqual(yield* bytes, bytesOf(alone) + bytesOf(together) + 98)
        assert.strictEqual((yield* books.page).eventsWaitingBytes, yield* bytes)
        const held = yield* take()
        const before = yield* bytes
        yield* acknowledge(held.slice(2, 10).map(suppressed))
        assert.strictEqual(yield* bytes, before)
        yield* acknowledge(held.slice(1, 66).map(suppressed))
        assert.strictEqual(yield* bytes, before - 20_000 - bytesOf(together.slice(0, 64)) - 63)
        yield* acknowledge(
          held.slice(0, 1).map(({ position }) => ({ _tag: "dead", position, letter: letter("poison") }))
        )
        const [dead] = yield* letters.list("events", 1)
        const without = yield* bytes
        yield* letters.replay("events", [dead?.entryId ?? ""])
        assert.strictEqual(yield* bytes, without + bytesOf(alone.slice(0, 1)))
        yield* acknowledge([...held, ...yield* take()].map(suppressed))
        assert.deepStrictEqual(yield* events.backlog, { depth: 0, bytes: 0, oldestMs: 0 })
      }))
  })
}

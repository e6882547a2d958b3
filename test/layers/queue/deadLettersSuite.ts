import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { promising, type QueueWorld } from "./harness.ts"
import { sides } from "./modelTest.ts"
import { alert, dead, delivered, letter, parked, queueDriver, texts, wide } from "./queueDriver.ts"

/** Dead events with these payloads. */
export const deadEvents = Effect.fnUntraced(function*(payloads: ReadonlyArray<string>) {
  const { accept, letters, acknowledge, take } = yield* queueDriver
  yield* accept(payloads)
  yield* acknowledge((yield* take()).map(({ position }) => ({ _tag: "dead", position, letter: letter("poison") })))
  return (yield* letters.list("events", 1_000)).map(({ entryId }) => entryId).reverse()
})

/** Dead alerts with these ids, all of one signature. */
const deadAlerts = Effect.fnUntraced(function*(ids: ReadonlyArray<string>) {
  const { finish, handOver, letters, one } = yield* queueDriver
  yield* handOver(ids.map((id) => alert(id, "same")))
  for (const _ of ids) {
    yield* finish(yield* one(), parked(0))
    yield* finish(yield* one(), dead)
  }
  return (yield* letters.list("alerts", 1_000)).map(({ entryId }) => entryId).reverse()
})

const quarantined = (id: string) =>
  JSON.stringify({
    id,
    correlationId: "c",
    sender: "s",
    receivedAt: "2026-01-01T00:00:00.000Z",
    reason: "not_json",
    detail: "byte 1",
    raw: "{"
  })

/** What any keeper of dead letters promises. */
export const deadLettersSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true })(`dead letters in ${name}`, (it) => {
    const promise = promising(it)

    promise("are listed newest first, page by page", () =>
      Effect.gen(function*() {
        const { letters } = yield* queueDriver
        yield* deadEvents(texts(7))
        const first = yield* letters.list("events", 3)
        const second = yield* letters.list("events", 3, first.at(-1)?.entryId)
        const third = yield* letters.list("events", 3, second.at(-1)?.entryId)
        assert.deepStrictEqual([first, second, third].map((page) => page.map(({ payload }) => payload)), [
          ["e-6", "e-5", "e-4"],
          ["e-3", "e-2", "e-1"],
          ["e-0"]
        ])
        assert.deepStrictEqual(yield* letters.list("events", 3, third.at(-1)?.entryId), [])
        assert.deepStrictEqual(yield* letters.list("events", 3, "no id at all"), [])
        assert.deepStrictEqual(yield* letters.list("events", 3, "0-0"), [])
        assert.deepStrictEqual(yield* letters.list("alerts", 3), [])
        assert.strictEqual(yield* letters.count("events"), 7)
        assert.match(first[0]?.at ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }))

    promise("send events back to the queue as they were accepted", () =>
      Effect.gen(function*() {
        const { books, letters, take } = yield* queueDriver
        const entryIds = yield* deadEvents(["one", "two", "three"])
        assert.deepStrictEqual(yield* letters.replay("events", entryIds.slice(0, 2)), entryIds.slice(0, 2))
        assert.deepStrictEqual((yield* take()).map(({ payload }) => payload), ["one", "two"])
        const { accepted, eventsDead, eventsWaiting } = yield* books.page
        assert.deepStrictEqual([accepted, eventsDead, eventsWaiting], [3, 1, 2])
      }))

    promise("send alerts to the end of their signature, with their history and no tries", () =>
      Effect.gen(function*() {
        const { books, finish, handOver, letters, one } = yield* queueDriver
        const entryIds = yield* deadAlerts(["a", "b"])
        yield* handOver([alert("c", "same")])
        assert.deepStrictEqual(yield* letters.replay("alerts", entryIds), entryIds)
        const held = []
        for (let count = 0; count < 3; count++) {
          const next = yield* one()
          held.push(next)
          yield* finish(next, delivered)
        }
        assert.deepStrictEqual(held.map(({ id, tries }) => [id, tries]), [["c", 0], ["a", 0], ["b", 0]])
        assert.deepStrictEqual(held[1]?.attempts.map(({ detail }) => detail), ["HTTP 500", "HTTP 400"])
        const page = yield* books.page
        assert.deepStrictEqual([page.forwarded, page.delivered, page.alertsDead, page.alertsWaiting], [3, 3, 0, 0])
      }))

    promise("can die again, and keep both histories", () =>
      Effect.gen(function*() {
        const { finish, letters, one } = yield* queueDriver
        yield* letters.replay("alerts", yield* deadAlerts(["a"]))
        yield* finish(yield* one(), dead)
        const [kept] = yield* letters.list("alerts", 10)
        assert.deepStrictEqual(kept?.attempts.map(({ detail }) => detail), ["HTTP 500", "HTTP 400", "HTTP 400"])
      }))

    promise("are moved once, however many ask at once", () =>
      Effect.gen(function*() {
        const { books, letters } = yield* queueDriver
        const [events, alerts] = [yield* deadEvents(texts(20)), yield* deadAlerts(["a", "b"])]
        const moved = yield* Effect.all([
          letters.replay("events", events),
          letters.discard("events", events),
          letters.replay("events", events),
          letters.replay("alerts", alerts),
          letters.discard("alerts", alerts)
        ], { concurrency: "unbounded" })
        assert.sameMembers(moved.flat(), [...events, ...alerts])
        const page = yield* books.page
        assert.strictEqual(page.eventsWaiting + page.eventsDiscarded, 20)
        assert.strictEqual(page.alertsWaiting + page.alertsDiscarded, 2)
      }))

    promise(
      "are moved once by one operation, which answers alike when it is asked for again",
      () =>
        Effect.gen(function*() {
          const { accept, books, letters, quarantine, take } = yield* queueDriver
          const [events, alerts] = [yield* deadEvents(["one", "two", "three"]), yield* deadAlerts(["a", "b"])]
          yield* quarantine(["q-0", "q-1"])
          const records = (yield* letters.list("quarantine", 2)).map(({ entryId }) => entryId)
          const [first = "", second = ""] = events
          const moves = [
            letters.replay("events", [first, "1-1"], "replay events"),
            letters.discard("events", [second], "discard events"),
            letters.replay("alerts", alerts.slice(0, 1), "replay alerts"),
            letters.discard("alerts", alerts.slice(1), "discard alerts"),
            letters.discard("quarantine", records, "discard records"),
            letters.discard("events", ["1-1"], "nothing")
          ]
          const moved = yield* Effect.all(moves)
          assert.deepStrictEqual(moved, [[first], [second], alerts.slice(0, 1), alerts.slice(1), records, []])
          const page = yield* books.page
          yield* accept(["four"])
          assert.lengthOf(yield* take(), 2)
          assert.deepStrictEqual(yield* Effect.all(moves), moved)
          assert.deepStrictEqual(yield* take(), [])
          const { eventsDead, eventsDiscarded, quarantineDiscarded } = yield* books.page
          assert.deepStrictEqual([eventsDead, eventsDiscarded, quarantineDiscarded], [
            page.eventsDead,
            page.eventsDiscarded,
            page.quarantineDiscarded
          ])
          // Another operation finds them gone; without one, each call is its own.
          assert.deepStrictEqual(yield* letters.discard("events", [second], "another"), [])
          assert.deepStrictEqual(yield* letters.discard("events", [second]), [])
        })
    )

    promise("say which of the ids were there, whatever they are asked for", () =>
      Effect.gen(function*() {
        const { letters } = yield* queueDriver
        const [entryId = ""] = yield* deadEvents(["e"])
        const asked = ["nonsense", "1-1", entryId, entryId, "", "99999999999999999999-1"]
        assert.deepStrictEqual(yield* letters.replay("events", asked), [entryId])
        assert.deepStrictEqual(yield* letters.discard("events", asked), [])
        assert.deepStrictEqual(yield* letters.replay("alerts", []), [])
      }))

    promise("are moved by the thousands in one call", () =>
      Effect.gen(function*() {
        const { accept, letters, acknowledge, take } = yield* queueDriver
        yield* accept(texts(2_500))
        yield* acknowledge(
          (yield* take(2_500)).map(({ position }) => ({ _tag: "dead", position, letter: letter("poison") }))
        )
        const entryIds = (yield* letters.list("events", 5_000)).map(({ entryId }) => entryId)
        assert.deepStrictEqual(yield* letters.replay("events", entryIds), entryIds)
        assert.lengthOf(yield* take(5_000), 2_500)
      }))

    promise("are gone when they are discarded, and counted", () =>
      Effect.gen(function*() {
        const { books, letters, quarantine } = yield* queueDriver
        const [events, alerts] = [yield* deadEvents(texts(3)), yield* deadAlerts(["a", "b"])]
        yield* quarantine(["q-0", "q-1", "q-2", "q-3"])
        const records = (yield* letters.list("quarantine", 2)).map(({ entryId }) => entryId)
        assert.deepStrictEqual(yield* letters.discard("events", events.slice(1)), events.slice(1))
        yield* letters.discard("alerts", alerts.slice(1))
        yield* letters.discard("quarantine", records)
        const page = yield* books.page
        assert.deepStrictEqual([page.eventsDead, page.eventsDiscarded], [1, 2])
        assert.deepStrictEqual([page.alertsDead, page.alertsDiscarded], [1, 1])
        assert.deepStrictEqual([page.quarantineHeld, page.quarantineDiscarded], [2, 2])
        assert.deepStrictEqual((yield* letters.list("quarantine", 9)).map(({ payload }) => payload), ["q-1", "q-0"])
      }))

    promise(
      "that were quarantined become events once they can be read, each once, with the books balanced",
      () =>
        Effect.gen(function*() {
          const { books, letters, quarantine, take } = yield* queueDriver
          yield* quarantine(["one", "two", "three"], "syslog/udp", "192.0.2.1")
          const entryIds = (yield* letters.list("quarantine", 9)).map(({ entryId }) => entryId).reverse()
          const [first = "", second = "", third = ""] = entryIds
          assert.deepStrictEqual(yield* letters.quarantined([first, "1-1", "nonsense", third]), [
            { entryId: first, text: "one" },
            { entryId: third, text: "three" }
          ])
          const records = [
            { entryId: first, events: ["e-1"] },
            { entryId: second, reason: "not_syslog", detail: "no word of it" },
            { entryId: third, events: ["e-2", "e-3"] },
            { entryId: "1-1", events: ["e-4"] }
          ]
          // Whoever asks at the same time moves nothing a second time.
          const both = yield* Effect.all([letters.requeue(records, wide), letters.requeue(records, wide)], {
            concurrency: "unbounded"
          })
          assert.sameDeepMembers(both, [
            ["replayed", "kept", "replayed", "missing"],
            ["missing", "kept", "missing", "missing"]
          ])
          assert.deepStrictEqual((yield* take()).map(({ payload }) => payload), ["e-1", "e-2", "e-3"])
          const [kept, ...none] = yield* letters.list("quarantine", 9)
          assert.deepStrictEqual([kept?.entryId, kept?.reason, kept?.detail, kept?.payload], [
            second,
            "not_syslog",
            "no word of it",
            "two"
          ])
          assert.deepStrictEqual(none, [])
          const page = yield* books.page
          for (const [left, right] of sides(page)) assert.strictEqual(left, right)
          assert.deepStrictEqual([page.quarantined, page.quarantineHeld, page.quarantineReplayed], [3, 1, 2])
          assert.deepStrictEqual([page.accepted, page.eventsWaiting], [3, 3])
          assert.deepStrictEqual((yield* books.rates).minutes.at(-1), 0)
        })
    )

    promise(
      "that were quarantined leave the senders their half of the queue, and give their share back",
      () =>
        Effect.gen(function*() {
          const { books, letters, quarantine, take } = yield* queueDriver
          const room = { ...wide, quarantine: { records: 10, bytes: 1_000_000, keptMs: 86_400_000 } }
          const fill = quarantine(texts(9), "a key", undefined, room)
          yield* fill
          const entryIds = (yield* letters.list("quarantine", 9)).map(({ entryId }) => entryId)
          assert.lengthOf(entryIds, 5)
          const records = entryIds.map((entryId, index) => ({ entryId, events: [`e-${index}`] }))
          const queue = { capacity: 7, capacityBytes: 1_000_000 }
          assert.deepStrictEqual(yield* letters.requeue(records, queue), [
            "replayed",
            "replayed",
            "replayed",
            "full",
            "full"
          ])
          yield* fill
          assert.strictEqual((yield* books.page).quarantineHeld, 5)
          yield* take()
          assert.deepStrictEqual(yield* letters.requeue(records.slice(3), { capacity: 1_000, capacityBytes: 9 }), [
            "full",
            "full"
          ])
          assert.deepStrictEqual(yield* letters.requeue(records.slice(3), queue), ["full", "full"])
          assert.deepStrictEqual(yield* letters.requeue(records.slice(3), wide), ["replayed", "replayed"])
          for (const [left, right] of sides(yield* books.page)) assert.strictEqual(left, right)
        })
    )

    promise(
      "that were quarantined are read again for one that no queue of this size would hold",
      () =>
        Effect.gen(function*() {
          const { letters, quarantine } = yield* queueDriver
          yield* quarantine(["q"])
          const [entryId = ""] = (yield* letters.list("quarantine", 1)).map((kept) => kept.entryId)
          const room = { capacity: 1, capacityBytes: 1 }
          assert.deepStrictEqual(yield* letters.requeue([{ entryId, events: ["a", "b"] }], room), ["replayed"])
        })
    )

    promise("tell why a record is in quarantine", () =>
      Effect.gen(function*() {
        const { letters, quarantine } = yield* queueDriver
        yield* quarantine([quarantined("q"), "not what it should be"])
        const [odd, kept] = yield* letters.list("quarantine", 10)
        assert.deepStrictEqual([kept?.queue, kept?.reason, kept?.detail, kept?.payload], [
          "quarantine",
          "not_json",
          "byte 1",
          quarantined("q")
        ])
        assert.deepStrictEqual([odd?.reason, odd?.payload], ["unknown", "not what it should be"])
      }))
  })
}

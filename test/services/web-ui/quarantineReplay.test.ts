import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Books } from "../../../layers/queue/Books.ts"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { decodeRequest } from "../../../src/decode/decode.ts"
import { textReader } from "../../../src/decode/framing/charset.ts"
import { BooksMemory } from "../../layers/queue/BooksMemory.ts"
import { DeadLettersMemory } from "../../layers/queue/DeadLettersMemory.ts"
import { EventQueueMemory } from "../../layers/queue/EventQueueMemory.ts"
import { refused, wide } from "../../layers/queue/queueDriver.ts"
import { QueueState } from "../../layers/queue/QueueState.ts"
import { contextOf } from "../../src/decode/contextOf.ts"
import { call, running, Stores } from "./harness.ts"

const Queue = Layer.mergeAll(EventQueueMemory, DeadLettersMemory, BooksMemory).pipe(Layer.provide(QueueState.layer))

/** What is asked for is read since, is not, was cut when it was kept, or is gone. */
layer(running(Layer.merge(Stores, Queue)).pipe(Layer.provideMerge(Queue)))("replaying the quarantine", (it) => {
  it.effect("moves what can be read by now, each record once, and says what became of every other", () =>
    Effect.gen(function*() {
      const events = yield* EventQueue
      const books = yield* Books
      const over = {
        newId: () => "0198cf6a-1e5b-7a00-8000-000000000000",
        zoneOf: () => {
          throw new Error("a fault, mended since")
        }
      }
      const body = [
        { hostname: "sw1", message: "link down", time: "2026-11-28T04:00:00" },
        { hostname: "sw2" },
        { hostname: "sw3", message: "m".repeat(20_000), time: "2026-11-28T04:00:00" }
      ].map((record) => JSON.stringify(record)).join("\n")
      const { quarantined } = decodeRequest(Buffer.from(body), {}, contextOf(over), textReader(), 10)
      assert.lengthOf(quarantined, 3)
      const texts = [...quarantined.map((record) => JSON.stringify(record)), "of no release"]
      yield* events.append([{ sender: "shipper", events: [], quarantined: refused(texts) }], wide)

      const listed = yield* call("GET", "/api/v1/dead-letters/quarantine")
      const [odd, cut, still, mended] = listed.body.dead_letters.map(({ id }: { id: string }) => id)
      const ask = call("POST", "/api/v1/dead-letters/quarantine/replay", {
        key: "operator-key-of-tests",
        headers: { "x-correlation-id": "again" },
        body: { ids: [mended, still, cut, odd, "9-9", mended], reason: "decoder mended" }
      })
      const unreadable = [
        { id: still, reason: "missing_message", detail: "No message under any known name." },
        { id: odd, reason: "unknown", detail: "What is kept is no record of this release." }
      ]
      const first = yield* ask
      assert.deepStrictEqual([first.status, first.body], [200, {
        replayed: [mended],
        missing: ["9-9"],
        unreadable,
        cut: [cut],
        later: []
      }])
      assert.deepStrictEqual((yield* ask).body, {
        replayed: [],
        missing: [mended, "9-9"],
        unreadable,
        cut: [cut],
        later: []
      })

      const [delivery, ...more] = yield* events.read("alerter", 10, 0)
      assert.deepStrictEqual(more, [])
      const { correlationId, hostname, id, message, receivedAt } = JSON.parse(delivery?.payload ?? "{}")
      assert.deepStrictEqual([id, correlationId, hostname, message, receivedAt], [
        "0198cf6a-1e5b-7a00-8000-000000000000",
        "c-1",
        "sw1",
        "link down",
        "2026-08-22T10:00:05.000Z"
      ])
      const page = yield* books.page
      assert.deepStrictEqual([page.accepted, page.quarantined, page.quarantineHeld, page.quarantineReplayed], [
        1,
        4,
        3,
        1
      ])
      assert.deepInclude((yield* call("GET", "/api/v1/books")).body, { balanced: true })
      const { body: { logs } } = yield* call("GET", "/api/v1/audit?correlation_id=again&limit=1")
      assert.deepInclude(logs[0], { changed_by: "noc", record_id: "quarantine", reason: "decoder mended" })
    }))
})

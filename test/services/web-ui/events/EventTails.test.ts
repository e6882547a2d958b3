import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Arrivals, EventList } from "../../../../layers/audit/EventList.ts"
import { Stopping } from "../../../../layers/http/Stopping.ts"
import { EventTails, type TailMessage } from "../../../../services/web-ui/events/EventTails.ts"
import { TailBuffer } from "../../../../services/web-ui/events/TailBuffer.ts"
import { tailEvent } from "../../../../services/web-ui/events/tailEvents.ts"
import { WebUiSettings } from "../../../../services/web-ui/WebUiSettings.ts"
import type { EventRow } from "../../../../src/domain/EventRow.ts"
import { settingsOfTests } from "../settingsOfTests.ts"

const row = (number: number): EventRow => ({
  ref: "",
  id: String(number),
  received_at: "",
  event_timestamp: "",
  hostname: "",
  severity: null,
  message: "",
  cut: false,
  outcome: "unmatched",
  cause: null,
  cause_id: null,
  environment: "prod",
  rule_id: null,
  rule_name: null,
  team: "",
  handling: null,
  source: null,
  sender: null,
  rules_version: null
})

const rows = (from: number, count: number): Arrivals["rows"] =>
  Array.from({ length: count }, (_, index) => ({ row: row(from + index), place: `p${from + index}` }))

/** Tails over a record in which `come` makes events come. */
const start = Effect.gen(function*() {
  const waiting: Array<Arrivals["rows"][number]> = []
  const stopping = yield* Deferred.make<void>()
  let reads = 0
  const list = Layer.mock(EventList, {
    arrivals: (_, place, limit) =>
      Effect.sync(() => {
        reads++
        const found = place === undefined ? [] : waiting.splice(0, limit)
        return { rows: found, place: found.at(-1)?.place ?? place ?? "p0", more: waiting.length > 0 }
      })
  })
  const context = yield* Layer.build(EventTails.layer.pipe(
    Layer.provide([list, Layer.succeed(WebUiSettings, settingsOfTests)]),
    Layer.provide(Layer.succeed(Stopping, Deferred.await(stopping)))
  ))
  const { follow } = yield* Effect.provide(EventTails, context)
  /** Reads a tail into a queue. */
  const openAfter = Effect.fnUntraced(function*(after: string | undefined) {
    const told = yield* Queue.unbounded<TailMessage>()
    const stream = yield* follow({ host: "a" }, after)
    const fiber = yield* Effect.forkScoped(Stream.runForEach(stream, (message) => Queue.offer(told, message)))
    return { told, fiber }
  })
  const open = Effect.tap(openAfter(undefined), ({ told }) => Queue.take(told))
  return {
    open,
    openAfter,
    stop: Deferred.succeed(stopping, undefined),
    come: (from: number, count: number) => Effect.sync(() => void waiting.push(...rows(from, count))),
    reads: () => reads,
    waiting: () => waiting.length
  }
})

const idsOf = (message: TailMessage) => message._tag === "bye" ? [] : message.rows.map(({ id }) => Number(id))

describe("what waits for a tail", () => {
  it("keeps the newest for a slow reader, and counts what it left out", () => {
    const buffer = new TailBuffer("p0")
    for (let from = 0; from < 100_000; from += 500) buffer.add(rows(from, 500), `p${from + 499}`)
    const first = buffer.take()
    assert.deepStrictEqual([first.rows.length, first.skipped, first.place], [200, 99_000, "p99199"])
    const others = Array.from({ length: 4 }, () => buffer.take())
    assert.deepStrictEqual(others.map(({ skipped }) => skipped), [0, 0, 0, 0])
    assert.deepStrictEqual([others[3]?.rows.at(-1)?.id, others[3]?.place], ["99999", "p99999"])
    assert.isTrue(buffer.isEmpty)
  })
})

describe("tails of events", () => {
  it.effect("that ask for the same share one reader, which stops with the last of them", () =>
    Effect.scoped(Effect.gen(function*() {
      const { come, open, reads } = yield* start
      const [one, two] = [yield* open, yield* open]
      yield* come(1, 3)
      yield* TestClock.adjust("400 millis")
      for (const { told } of [one, two]) assert.deepStrictEqual(idsOf(yield* Queue.take(told)), [1, 2, 3])
      const before = reads()
      yield* TestClock.adjust("1 second")
      assert.isAtMost(reads() - before, 5)
      yield* Fiber.interrupt(one.fiber)
      yield* Fiber.interrupt(two.fiber)
      yield* TestClock.adjust("1 second")
      const after = reads()
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(reads(), after)
    })))

  it.effect("are told 200 rows in a batch and five batches a second", () =>
    Effect.scoped(Effect.gen(function*() {
      const { come, open } = yield* start
      const { told } = yield* open
      yield* come(0, 900)
      const sizes: Array<number> = []
      for (let step = 0; step < 8; step++) {
        yield* TestClock.adjust("200 millis")
        sizes.push(...(yield* Queue.clear(told)).map((message) => idsOf(message).length))
      }
      assert.deepStrictEqual(sizes, [200, 200, 200, 200, 100])
    })))

  it.effect("that go on where they stopped come to the end of 60,000 events while 1,000 more come each second", () =>
    Effect.scoped(Effect.gen(function*() {
      const { come, openAfter, waiting } = yield* start
      yield* come(0, 60_000)
      const { told } = yield* openAfter("p0")
      const seen: Array<number> = []
      let skipped = 0
      for (let second = 0; second < 20; second++) {
        for (let part = 0; part < 5; part++) {
          yield* come(60_000 + second * 1_000 + part * 200, 200)
          yield* TestClock.adjust("200 millis")
        }
        for (const message of yield* Queue.clear(told)) {
          seen.push(...idsOf(message))
          skipped += message._tag === "bye" ? 0 : message.skipped
        }
      }
      assert.isBelow(waiting(), 1_000)
      assert.isAbove(seen.length, 78_000)
      assert.strictEqual(skipped, 0)
      assert.deepStrictEqual(seen, Array.from(seen, (_, index) => index))
    })))

  it.effect("says after a silence where it is, and bye when the program stops", () =>
    Effect.scoped(Effect.gen(function*() {
      const { open, stop } = yield* start
      const { fiber, told } = yield* open
      yield* TestClock.adjust("15200 millis")
      const alive = yield* Queue.take(told)
      assert.strictEqual(
        tailEvent(alive),
        ": alive\n\nid: p0\nevent: batch\ndata: {\"rows\":[],\"skipped\":0}\n\n"
      )
      yield* stop
      yield* TestClock.adjust("200 millis")
      assert.deepStrictEqual(yield* Queue.take(told), { _tag: "bye" })
      yield* Fiber.join(fiber)
    })))
})

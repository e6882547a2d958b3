import { assert, layer } from "@effect/vitest"
import { Effect, type Layer, Stream } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventReader, type EventSpan } from "../../../layers/audit/EventReader.ts"
import { forwarded, record, unmatched, uuid } from "./eventAuditSuite.ts"

const start = Date.parse("2026-03-01T00:00:00Z")
const times = (at: number) => ({ receivedAt: new Date(at).toISOString(), timestamp: new Date(at - 500).toISOString() })
const suppressed = { ...forwarded, outcome: "suppressed", handling: "Log_only", cause: "handling" } as const

const read = (span: Partial<EventSpan>) =>
  Effect.gen(function*() {
    const { pages } = yield* EventReader
    return (yield* Stream.runCollect(pages({ from: start, to: start + 3_600_000, sample: 1, ...span }))).flat()
  })
const idsOf = (events: ReadonlyArray<{ readonly id: string }>) => events.map(({ id }) => id)

/** What every `EventReader` reads, whatever keeps the events. */
export const eventReaderSuite = <E>(name: string, audit: Layer.Layer<EventAudit | EventReader, E>) => {
  layer(audit, { excludeTestServices: true })(name, (it) => {
    it.effect("reads each event once, in the order of arrival: a burst, a pause, and large messages", () =>
      Effect.gen(function*() {
        const { record: store } = yield* EventAudit
        // The device's times run backwards, and the burst is more than a page in one millisecond.
        const burst = Array.from({ length: 2_600 }, (_, n) => record(n + 1, times(start + 1_000)))
        const spread = Array.from(
          { length: 1_000 },
          (_, n) =>
            record(10_000 + n, { ...times(start + 600_000 + n * 7), timestamp: new Date(start - n).toISOString() })
        )
        const large = Array.from({ length: 12 }, (_, n) => ({
          ...record(20_000 + n, times(start + 3_000_000 + n)),
          raw: JSON.stringify({ message: "x".repeat(1_000_000) })
        }))
        const edges = [
          record(30_000, times(start)),
          record(30_001, times(start + 3_600_000)),
          record(30_002, times(start - 1))
        ]
        for (const some of [spread, burst, large, edges]) yield* store(some)
        const events = yield* read({})
        assert.deepStrictEqual(
          idsOf(events),
          [edges[0]!, ...burst, ...spread, ...large].map(({ event }) => event.id)
        )
        assert.deepStrictEqual(events[1], {
          id: uuid(1),
          at: start + 1_000,
          outcome: "unmatched",
          environment: "prod",
          ruleId: null,
          handling: null,
          team: "NETO",
          rulesVersion: 3,
          cause: null,
          causeId: null,
          raw: "{\"number\":1}"
        })
        assert.strictEqual(events.at(-1)?.raw.length, 1_000_014)
        const few = yield* Stream.runCollect(
          Stream.take((yield* EventReader).pages({ from: start, to: start + 3_600_000, sample: 1 }), 1)
        )
        assert.isAbove(few.flat().length, 0)
        assert.isAtLeast(yield* (yield* EventReader).estimate({ from: start, to: start + 3_600_000, sample: 1 }), 0)
      }))

    it.effect("takes one event in so many, the same ones each time, and those of hosts", () =>
      Effect.gen(function*() {
        const from = start + 86_400_000
        const span = { from, to: from + 1_000 }
        yield* (yield* EventAudit).record(
          Array.from({ length: 400 }, (_, n) =>
            record(
              0x10_0000 + n,
              { ...times(from + n), hostname: ["sw1", "sw_2", "swx2", "fw.lab"][n % 4]! },
              [
                forwarded,
                unmatched,
                suppressed
              ][n % 3]
            ))
        )
        const all = idsOf(yield* read(span))
        const quarter = idsOf(yield* read({ ...span, sample: 4 }))
        assert.deepStrictEqual(
          quarter,
          all.filter((id) => Number.parseInt(id.slice(-4), 16) % 4 === 0)
        )
        assert.strictEqual(quarter.length, 100)
        const eighth = idsOf(yield* read({ ...span, sample: 8 }))
        assert.isTrue(eighth.every((id) => quarter.includes(id)))
        assert.strictEqual((yield* read({ ...span, hosts: ["SW_2"] })).length, 100)
        assert.strictEqual((yield* read({ ...span, hosts: ["sw_*"] })).length, 100)
        assert.strictEqual((yield* read({ ...span, hosts: ["sw?2", "fw.lab"] })).length, 300)
        assert.strictEqual((yield* read({ ...span, hosts: ["none-*"] })).length, 0)
        const open = yield* read({ ...span, notSuppressed: true })
        assert.strictEqual(open.length, 267)
        assert.isTrue(open.every(({ outcome }) => outcome !== "suppressed"))
        assert.deepInclude(yield* read({ ...span, to: from + 1 }), { ...open[0]! })
      }))
  })
}

import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { type AuditRecord, EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventLookup } from "../../../layers/audit/EventLookup.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"

/** An id of its own for each number. */
export const uuid = (number: number) => `01998a00-0000-7000-8000-${number.toString(16).padStart(12, "0")}`

export const unmatched: Decision = {
  outcome: "unmatched",
  environment: "prod",
  ruleId: null,
  handling: null,
  team: "NETO",
  reason: "No active rule matches.",
  rulesVersion: 3,
  cause: null,
  causeId: null
}

export const forwarded: Decision = {
  outcome: "forwarded",
  environment: "dev",
  ruleId: 7,
  handling: "Page_only",
  team: "NetOps",
  reason: "Rule 7: message contains \"x\".",
  rulesVersion: 4,
  cause: null,
  causeId: null
}

export const record = (number: number, event: Partial<Event> = {}, decision: Decision = unmatched): AuditRecord => ({
  event: {
    id: uuid(number),
    correlationId: `c-${number}`,
    source: "syslog",
    sender: "syslog/udp",
    receivedAt: "2026-08-22T10:00:01.000Z",
    timestamp: "2026-08-22T10:00:00.123Z",
    hostname: "sw1",
    message: "hello",
    ...event
  },
  raw: `{"number":${number}}`,
  decision
})

/** What every `EventAudit` keeps, whatever keeps it. Each test uses hosts of its own. */
export const eventAuditSuite = <E>(name: string, audit: Layer.Layer<EventAudit | EventLookup, E>) => {
  layer(audit, { excludeTestServices: true })(name, (it) => {
    it.effect("gives back what was recorded", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        const before = yield* audit.record([
          record(1, { hostname: "full", severity: 3, timestamp: "2026-08-22T10:00:00.5Z" }, forwarded),
          record(2, { hostname: "full" })
        ])
        assert.strictEqual(before.size, 0)
        const { nextCursor, rows } = yield* audit.search({ limit: 10, hostname: "FULL" })
        assert.isUndefined(nextCursor)
        assert.strictEqual(rows.length, 2)
        const { recorded_at, ...row } = rows[0]!
        assert.match(recorded_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        assert.deepStrictEqual({ ...row, event_timestamp: Date.parse(row.event_timestamp) }, {
          id: uuid(1),
          event_timestamp: Date.parse("2026-08-22T10:00:00.500Z"),
          received_at: "2026-08-22T10:00:01.000Z",
          hostname: "full",
          correlation_id: "c-1",
          outcome: "forwarded",
          severity: 3,
          environment: "dev",
          matched_rule_id: 7,
          handling_decision: "Page_only",
          team_assignment: "NetOps",
          forwarded_to_moog: true,
          reason: "Rule 7: message contains \"x\".",
          rules_version: 4,
          cause: null,
          cause_id: null,
          raw_message: "{\"number\":1}"
        })
        const { forwarded_to_moog, handling_decision, matched_rule_id, severity } = rows[1]!
        assert.deepStrictEqual(
          { forwarded_to_moog, handling_decision, matched_rule_id, severity },
          { forwarded_to_moog: false, handling_decision: null, matched_rule_id: null, severity: null }
        )
      }))

    it.effect("finds one event by its id, and by its time and id", () =>
      Effect.gen(function*() {
        const timestamp = "2024-01-01T00:00:00.000Z"
        const id = "01998a00-0000-7000-8000-0000000000f1"
        const receivedAt = new Date(0x01998a000000).toISOString()
        const held = { ...forwarded, outcome: "suppressed", cause: "handling", causeId: "x" } as const
        yield* (yield* EventAudit).record([record(0xf1, { timestamp, receivedAt, hostname: "found" }, held)])
        const { find, findAll } = yield* EventLookup
        const found = yield* find({ id })
        const all = yield* findAll([id, "01998a00-0000-7000-8000-00000000ffff", "01998a00-0000-4000-8000-0000000000f1"])
        assert.deepStrictEqual(all, found === undefined ? [] : [found])
        assert.deepStrictEqual(yield* findAll([]), [])
        assert.deepInclude(found, { id, hostname: "found", rules_version: 4, cause: "handling", cause_id: "x" })
        assert.deepStrictEqual(yield* find({ id, timestamp }), found)
        assert.isUndefined(yield* find({ id: "01998a00-0000-7000-8000-00000000ffff" }))
        assert.isUndefined(yield* find({ id: "01998a00-0000-4000-8000-0000000000f1" }))
      }))

    it.effect("keeps the first decision about an event, and tells it to whoever decides again", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        yield* audit.record([record(11, { hostname: "twice" }, forwarded)])
        const known = yield* audit.record([record(11, { hostname: "twice" }), record(12, { hostname: "twice" })])
        assert.deepStrictEqual(known.get(uuid(11)), forwarded)
        assert.deepStrictEqual(known.get(uuid(12)), unmatched)
        const { rows } = yield* audit.search({ limit: 10, hostname: "twice" })
        assert.deepStrictEqual(rows.map(({ id, outcome }) => [id, outcome]), [[uuid(12), "unmatched"], [
          uuid(11),
          "forwarded"
        ]])
      }))

    it.effect("takes the same event twice in one batch as one", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        yield* audit.record([record(21, { hostname: "same" }), record(21, { hostname: "same" })])
        assert.strictEqual((yield* audit.search({ limit: 10, hostname: "same" })).rows.length, 1)
      }))

    it.effect("stores all of a batch or nothing, and says that it is the data", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        const good = record(31, { hostname: "good" })
        const failure = yield* Effect.flip(audit.record([good, record(32, { hostname: "h".repeat(256) })]))
        assert.strictEqual(failure.reason, "data")
        const other = yield* Effect.flip(audit.record([good, record(33, { id: "no uuid" })]))
        assert.strictEqual(other.reason, "data")
        assert.deepStrictEqual((yield* audit.search({ limit: 10, hostname: "good" })).rows, [])
      }))

    it.effect("takes any time a device may claim", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        const times = ["1970-01-01T00:00:00.000Z", "2026-08-31T23:59:59.999Z", "2199-12-31T23:59:59.000Z"]
        yield* audit.record(times.map((timestamp, index) => record(41 + index, { hostname: "times", timestamp })))
        const { rows } = yield* audit.search({ limit: 10, hostname: "times" })
        assert.deepStrictEqual(
          rows.map((row) => Date.parse(row.event_timestamp)),
          times.map((time) => Date.parse(time)).reverse()
        )
      }))

    it.effect("pages through rows of one instant without losing or repeating any, while more come in", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        yield* audit.record(Array.from({ length: 25 }, (_, index) => record(100 + index, { hostname: "pages" })))
        const seen: Array<string> = []
        let cursor: string | undefined
        for (let page = 0; page < 10; page++) {
          const { nextCursor, rows } = yield* audit.search({ limit: 7, hostname: "pages", cursor })
          seen.push(...rows.map(({ id }) => id))
          yield* audit.record([record(200 + page, { hostname: "pages", timestamp: "2026-08-23T00:00:00.000Z" })])
          if (nextCursor === undefined) break
          cursor = nextCursor
        }
        assert.deepStrictEqual(seen, Array.from({ length: 25 }, (_, index) => uuid(124 - index)))
      }))

    it.effect("ends a page early where the next row has too many bytes, and gives a row that is too long alone", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        const sizes = [10, 900_000, 10, 2_000_000, 10, 300_000, 300_000, 300_000]
        // Quotes take twice their bytes in JSON.
        yield* audit.record(sizes.map((size, index) => ({
          ...record(150 + index, { hostname: "bytes" }),
          raw: JSON.stringify({ text: "\"".repeat(size / 4) })
        })))
        const pages: Array<ReadonlyArray<string>> = []
        let cursor: string | undefined
        do {
          const { nextCursor, rows } = yield* audit.search({
            limit: 200,
            maxBytes: 1_000_000,
            hostname: "bytes",
            cursor
          })
          pages.push(rows.map(({ id }) => id))
          if (rows.length > 1) assert.isBelow(JSON.stringify(rows).length, 1_000_100)
          cursor = nextCursor
        } while (cursor !== undefined)
        assert.deepStrictEqual(pages.flat(), sizes.map((_, index) => uuid(157 - index)))
        assert.isAbove(pages.length, 2)
        assert.isTrue(pages.every(({ length }) => length > 0))
      }))

    it.effect("finds by rule, outcome, correlation id and time", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        yield* audit.record([
          record(301, { hostname: "find", timestamp: "2026-08-22T01:00:00.000Z" }, forwarded),
          record(302, { hostname: "find", timestamp: "2026-08-22T02:00:00.000Z" }),
          record(303, { hostname: "find", timestamp: "2026-08-22T03:00:00.000Z" })
        ])
        const ids = (query: object) =>
          Effect.map(audit.search({ limit: 10, hostname: "find", ...query }), ({ rows }) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* ids({ ruleId: 7 }), [uuid(301)])
        assert.deepStrictEqual(yield* ids({ outcome: "unmatched" }), [uuid(303), uuid(302)])
        assert.deepStrictEqual(yield* ids({ correlationId: "c-302" }), [uuid(302)])
        assert.deepStrictEqual(yield* ids({ from: "2026-08-22T02:00:00Z" }), [uuid(303), uuid(302)])
        assert.deepStrictEqual(yield* ids({ to: "2026-08-22T02:00:00Z" }), [uuid(302), uuid(301)])
        assert.deepStrictEqual(yield* ids({ hostname: "nobody" }), [])
      }))

    it.effect("counts by the hour in which events were received, and outcome", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        const at = (number: number, receivedAt: string, decision = unmatched) =>
          record(number, { hostname: "hours", receivedAt, timestamp: "1970-01-01T00:00:00.000Z" }, decision)
        yield* audit.record([
          at(401, "2025-03-01T09:59:59.999Z"),
          at(402, "2025-03-01T10:00:00.000Z"),
          at(403, "2025-03-01T10:59:59.999Z"),
          at(404, "2025-03-01T10:30:00.000Z", forwarded),
          at(405, "2025-03-01T11:00:00.000Z", forwarded),
          at(406, "2025-03-01T12:00:00.000Z")
        ])
        const ten = Date.UTC(2025, 2, 1, 10) / 3_600_000
        assert.sameDeepMembers([...yield* audit.countByHour({ from: ten, to: ten + 2 })], [
          { hour: ten, outcome: "unmatched", count: 2 },
          { hour: ten, outcome: "forwarded", count: 1 },
          { hour: ten + 1, outcome: "forwarded", count: 1 }
        ])
        assert.deepStrictEqual(yield* audit.countByHour({ from: ten, to: ten }), [])
      }))

    it.effect("refuses a cursor that nobody gave out", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        for (const cursor of ["", "x", "2026-08-22T10:00:00Z_1", "'; --"]) {
          assert.strictEqual((yield* Effect.flip(audit.search({ limit: 1, cursor }))).reason, "data")
        }
      }))

    it.effect("does nothing for nothing", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* (yield* EventAudit).record([])).size, 0)
      }))
  })
}

import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventList, type EventListQuery } from "../../../layers/audit/EventList.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { EventFilter } from "../../../src/domain/EventFilter.ts"
import { forwarded, record, unmatched, uuid } from "./eventAuditSuite.ts"

/** A record whose raw text is the event, as alerters write it. */
export const whole = (number: number, event: Partial<Event> = {}, decision: Decision = unmatched) => {
  const one = record(number, event, decision)
  return { ...one, raw: JSON.stringify(one.event) }
}

const at = (second: number) => new Date(Date.UTC(2026, 7, 22, 10, 0, second)).toISOString()
const author = { actor: "test", reason: null, correlationId: "c" }
const rule = {
  name: "link-down",
  matchType: "contains",
  matchString: "down",
  trapOid: null,
  syslogSeverity: null,
  priority: 1,
  prodHandling: "Page_only",
  devHandling: "Ignore",
  teamAssignment: "NetOps",
  isActive: true
} as const

const page = (query: Partial<EventListQuery>) =>
  EventList.use((list) => list.page({ filter: {}, order: "arrival", limit: 100, ...query }))
const ids = (filter: EventFilter) => Effect.map(page({ filter }), ({ rows }) => rows.map(({ id }) => id))

/** What every `EventList` gives, whatever keeps the record. Each test uses hosts of its own. */
export const eventListSuite = <E>(
  name: string,
  list: Layer.Layer<EventAudit | EventList | RuleRepository, E>
) => {
  layer(list, { excludeTestServices: true })(name, (it) => {
    it.effect("shows what a row says, and the beginning of its message only", () =>
      Effect.gen(function*() {
        const long = `${"é".repeat(299)}😀tail`
        yield* (yield* EventAudit).record([
          whole(1, { hostname: "shown", message: long, severity: 3, timestamp: at(0), receivedAt: at(1) }),
          whole(2, { hostname: "shown", message: "😀".repeat(300), timestamp: at(0), receivedAt: at(2) })
        ])
        const { rows: [two, one] } = yield* page({ filter: { host: "SHOWN" } })
        assert.deepStrictEqual(one, {
          ref: `${at(0)}_${uuid(1)}`,
          id: uuid(1),
          received_at: at(1),
          event_timestamp: at(0),
          hostname: "shown",
          severity: 3,
          message: "é".repeat(299) + "😀",
          cut: true,
          outcome: "unmatched",
          cause: null,
          cause_id: null,
          environment: "prod",
          rule_id: null,
          rule_name: null,
          team: "NETO",
          handling: null,
          source: "syslog",
          sender: "syslog/udp",
          rules_version: 3
        })
        assert.deepInclude(two, { message: "😀".repeat(300), cut: false })
      }))

    it.effect("finds by each filter, and by several at once", () =>
      Effect.gen(function*() {
        const held = { ...forwarded, outcome: "suppressed", cause: "handling", team: "Security" } as const
        yield* (yield* EventAudit).record([
          whole(11, { hostname: "find-a", severity: 2, message: "Interface DOWN 100%", sender: "a \"b\"" }, forwarded),
          whole(12, { hostname: "find-b", severity: 5, message: "fan\nok \\n", source: "snmp" }, held),
          whole(13, { hostname: "find_c", message: "nothing", fields: { message: "down", source: "snmp" } })
        ])
        const a = uuid(11), b = uuid(12), c = uuid(13)
        const found = (filter: EventFilter) => ids({ host: "find*", ...filter })
        assert.sameMembers(yield* found({}), [a, b, c])
        assert.sameMembers(yield* ids({ host: "find-?" }), [a, b])
        assert.deepStrictEqual(yield* ids({ host: "find_?" }), [c])
        assert.sameMembers(yield* found({ severities: [2, 5] }), [a, b])
        assert.deepStrictEqual(yield* found({ outcome: "forwarded" }), [a])
        assert.deepStrictEqual(yield* found({ cause: "handling" }), [b])
        assert.deepStrictEqual(yield* found({ team: "Security" }), [b])
        assert.sameMembers(yield* found({ environment: "dev" }), [a, b])
        assert.sameMembers(yield* found({ rule: 7 }), [a, b])
        assert.deepStrictEqual(yield* found({ source: "snmp" }), [b])
        assert.deepStrictEqual(yield* found({ sender: "a \"b\"" }), [a])
        assert.deepStrictEqual(yield* found({ text: "down" }), [a])
        assert.deepStrictEqual(yield* found({ text: "100%" }), [a])
        assert.deepStrictEqual(yield* found({ text: "fan\nO" }), [b])
        assert.deepStrictEqual(yield* found({ text: "\\n" }), [b])
        assert.deepStrictEqual(yield* found({ text: "n\nok" }), [b])
        assert.deepStrictEqual(yield* found({ text: "nok" }), [])
        assert.deepStrictEqual(yield* found({ text: "message" }), [])
        assert.deepStrictEqual(yield* found({ text: "down", severities: [5] }), [])
      }))

    it.effect("calls a rule as it was called in the version that decided", () =>
      Effect.gen(function*() {
        const rules = yield* RuleRepository
        const { id } = yield* rules.createRule(rule, author)
        const { version } = yield* rules.ruleSet
        yield* rules.updateRule(id, (old) => Effect.succeed({ ...old, name: "renamed" }), author)
        const then = { ...forwarded, ruleId: id, rulesVersion: version }
        yield* (yield* EventAudit).record([
          whole(21, { hostname: "named", receivedAt: at(1) }, then),
          whole(22, { hostname: "named", receivedAt: at(2) }, { ...then, rulesVersion: version + 1 }),
          whole(23, { hostname: "named", receivedAt: at(3) }, { ...then, rulesVersion: null })
        ])
        const { rows } = yield* page({ filter: { host: "named" } })
        assert.deepStrictEqual(rows.map(({ rule_name }) => rule_name), [null, "renamed", "link-down"])
        assert.deepStrictEqual(yield* ids({ host: "named", rule: "link-down" }), [uuid(21)])
        const audited = yield* (yield* EventAudit).search({ limit: 5, hostname: "named", ruleName: "renamed" })
        assert.deepStrictEqual(audited.rows.map(({ id }) => id), [uuid(22)])
        const { facets } = yield* (yield* EventList).counts({
          filter: { host: "named" },
          order: "arrival",
          from: at(0),
          to: at(10)
        })
        assert.deepStrictEqual(facets.rule, [[String(id), 1], ["link-down", 1], ["renamed", 1]])
      }))

    it.effect("lists by arrival or by the device's time, in a span", () =>
      Effect.gen(function*() {
        yield* (yield* EventAudit).record([
          whole(31, { hostname: "order", receivedAt: at(1), timestamp: at(9) }),
          whole(32, { hostname: "order", receivedAt: at(2), timestamp: at(8) }),
          whole(33, { hostname: "order", receivedAt: at(3), timestamp: at(7) })
        ])
        const listed = (query: Partial<EventListQuery>) =>
          Effect.map(page({ filter: { host: "order" }, ...query }), ({ rows }) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* listed({}), [uuid(33), uuid(32), uuid(31)])
        assert.deepStrictEqual(yield* listed({ order: "device" }), [uuid(31), uuid(32), uuid(33)])
        assert.deepStrictEqual(yield* listed({ from: at(2), to: at(3) }), [uuid(32)])
        assert.deepStrictEqual(yield* listed({ order: "device", from: at(8), to: at(9) }), [uuid(32)])
      }))

    it.effect("takes hostile texts for what they are", () =>
      Effect.gen(function*() {
        const nul = { nul: "\u0000", half: "\ud800" }
        yield* (yield* EventAudit).record([
          whole(41, { hostname: "hostile", message: "<b>\u202e\"},{", fields: nul, receivedAt: at(1) }),
          whole(42, { hostname: "hostile", message: "\\\"".repeat(30_000), fields: nul, receivedAt: at(2) }),
          whole(43, { hostname: "hostile", message: "x".repeat(65_536) + "needle", receivedAt: at(3) }),
          { ...whole(44, { hostname: "hostile", receivedAt: at(4) }), raw: "no event" }
        ])
        const { rows } = yield* page({ filter: { host: "hostile" } })
        assert.deepStrictEqual(rows.map(({ cut, message }) => [message.slice(0, 8), message.length, cut]), [
          ["", 0, false],
          ["xxxxxxxx", 300, true],
          ["\\\"\\\"\\\"\\\"", 300, true],
          ["<b>\u202e\"},{", 8, false]
        ])
        assert.deepStrictEqual(yield* ids({ host: "hostile", text: "NEEDLE" }), [uuid(43)])
        assert.deepStrictEqual(yield* ids({ host: "hostile", text: "\"},{" }), [uuid(41)])
        assert.deepStrictEqual(yield* ids({ host: "hostile", text: "nul" }), [])
      }))

    it.effect("pages both ways while more come in: no event twice, none left out", () =>
      Effect.gen(function*() {
        const audit = yield* EventAudit
        let number = 1_000
        const add = (count: number, second: (index: number) => number) =>
          audit.record(Array.from({ length: count }, (_, index) =>
            whole(number++, { hostname: "paged", receivedAt: at(second(index)), timestamp: at(index % 7) })))
        yield* add(60, (index) =>
          (index * 7) % 23)
        for (const order of ["arrival", "device"] as const) {
          const before = (yield* page({ filter: { host: "paged" }, order, limit: 1_000 })).rows.map(({ id }) => id)
          const seen: Array<string> = []
          let found = yield* page({ filter: { host: "paged" }, order, limit: 9 })
          for (;;) {
            seen.push(...found.rows.map(({ id }) => id))
            yield* add(3, (index) => (index * 11 + seen.length) % 40)
            if (found.next === undefined) break
            found = yield* page({ filter: { host: "paged" }, order, limit: 9, cursor: found.next })
          }
          assert.strictEqual(new Set(seen).size, seen.length)
          assert.deepStrictEqual(before.filter((id) => !seen.includes(id)), [])

          const old = found.rows
          const back: Array<string> = []
          const known = (yield* page({ filter: { host: "paged" }, order, limit: 1_000 })).rows.map(({ id }) => id)
          for (;;) {
            found = yield* page({ filter: { host: "paged" }, order, limit: 9, cursor: found.previous })
            if (found.rows.length === 0) break
            back.unshift(...found.rows.map(({ id }) => id))
            if (back.length < 100) yield* add(2, (index) => (index * 13 + back.length) % 40)
          }
          const all = [...back, ...old.map(({ id }) => id)]
          assert.strictEqual(new Set(all).size, all.length)
          const first = known.indexOf(old[0]?.id ?? "")
          assert.deepStrictEqual(known.slice(0, first).filter((id) => !all.includes(id)), [])
        }
      }))

    it.effect("refuses a cursor and a place that nobody gave out", () =>
      Effect.gen(function*() {
        for (const cursor of ["", "x", "older_", `sideways_${at(1)}_${uuid(1)}`]) {
          assert.strictEqual((yield* Effect.flip(page({ cursor }))).reason, "data")
        }
        const { arrivals } = yield* EventList
        assert.strictEqual((yield* Effect.flip(arrivals({}, "nowhere", 10))).reason, "data")
      }))

    it.effect("counts by time and outcome, and by what the rows have in common", () =>
      Effect.gen(function*() {
        yield* (yield* EventAudit).record([
          whole(51, { hostname: "counted-a", receivedAt: at(0), severity: 2, message: "down" }, forwarded),
          whole(52, { hostname: "counted-a", receivedAt: at(1), message: "down" }),
          whole(53, { hostname: "counted-b", receivedAt: at(59), message: "up", sender: "other" })
        ])
        const span = { order: "arrival", from: at(0), to: at(60) } as const
        const { buckets, exact, facets } = yield* (yield* EventList).counts({ ...span, filter: { host: "counted*" } })
        assert.isTrue(exact)
        assert.strictEqual(buckets.length, 12)
        assert.deepStrictEqual(buckets[0], { at: at(0), forwarded: 1, suppressed: 0, unmatched: 1 })
        assert.deepStrictEqual(buckets[11], { at: at(55), forwarded: 0, suppressed: 0, unmatched: 1 })
        assert.deepStrictEqual(facets, {
          host: [["counted-a", 2], ["counted-b", 1]],
          rule: [["7", 1]],
          team: [["NETO", 2], ["NetOps", 1]],
          severity: [["2", 1]],
          outcome: [["unmatched", 2], ["forwarded", 1]],
          cause: []
        })
        const filter = { host: "counted*", text: "down" }
        assert.deepStrictEqual((yield* (yield* EventList).counts({ ...span, filter })).facets.host, [["counted-a", 2]])
      }))

    it.effect("tells what came since a place, each event once, from any row on", () =>
      Effect.gen(function*() {
        const [{ record }, { arrivals }] = [yield* EventAudit, yield* EventList]
        const filter = { host: "told*" }
        const begin = yield* arrivals(filter, undefined, 10)
        assert.deepStrictEqual(begin.rows, [])
        yield* record(Array.from({ length: 5 }, (_, index) => whole(61 + index, { hostname: "told" })))
        yield* record([whole(70, { hostname: "another" })])
        const seen: Array<string> = []
        let place = begin.place
        for (let more = true; more;) {
          const found = yield* arrivals(filter, place, 2)
          seen.push(...found.rows.map(({ row }) => row.id))
          yield* record([whole(80 + seen.length, { hostname: "later" })])
          ;({ more, place } = found)
        }
        assert.deepStrictEqual(seen, [61, 62, 63, 64, 65].map(uuid))
        yield* record([whole(66, { hostname: "told" })])
        assert.deepStrictEqual((yield* arrivals(filter, place, 10)).rows.map(({ row }) => row.id), [uuid(66)])
        const third = (yield* arrivals(filter, begin.place, 3)).rows[2]
        const rest = yield* arrivals(filter, third?.place, 10)
        assert.includeMembers([uuid(64), uuid(65), uuid(66)], rest.rows.map(({ row }) => row.id))
      }))
  })
}

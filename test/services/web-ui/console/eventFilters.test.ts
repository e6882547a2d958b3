import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { filtersOf, needsShortSpan } from "../../../../services/web-ui/console/pages/events/eventFilters.ts"
import { addressFor, meantBy } from "../../../../services/web-ui/console/pages/events/findBy.ts"
import { search } from "../../../../services/web-ui/console/pages/events/search.ts"
import { rangeReaching, rangeWords, spanAt } from "../../../../services/web-ui/console/pages/events/timeRange.ts"
import { withValue } from "../../../../services/web-ui/console/parts/filterFields.ts"
import type { EventRow } from "../../../../src/domain/EventRow.ts"

const noon = Date.parse("2026-03-29T12:00:00Z")
const id = "01a225cc-4f15-7057-a7bd-9169654c3624"

const row: EventRow = {
  ref: `2026-03-29T11:59:00Z_${id}`,
  id,
  received_at: "2026-03-29T11:59:00.000Z",
  event_timestamp: "2026-03-29T11:59:00.000Z",
  hostname: "core-1",
  severity: 3,
  message: "fan 3 slow",
  cut: false,
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
  rules_version: 2
}

describe("the address of the events", () => {
  it("is asked of the API, and what means nothing there is left out", () => {
    const read = Option.getOrThrow(
      Schema.decodeUnknownOption(search)({ host: "core-*", sev: "0,3", outcome: "gone", env: "dev", tail: "1" })
    )
    assert.deepStrictEqual(filtersOf(read), { host: "core-*", severity: "0,3", environment: "dev" })
    assert.deepStrictEqual(filtersOf({ sev: "9", source: "pigeon" }), {})
  })

  it("needs a short span where no index helps", () => {
    assert.isFalse(needsShortSpan({}))
    assert.isFalse(needsShortSpan({ host: "core-1", text: "down" }))
    assert.isTrue(needsShortSpan({ host: "core-*" }))
    assert.isTrue(needsShortSpan({ severity: "3" }))
  })

  it("has several severities at once, each of them once", () => {
    const severity = { key: "sev", title: "Severity", several: true } as const
    assert.strictEqual(withValue(severity, "3", "0"), "0,3")
    assert.strictEqual(withValue(severity, "0,3", "3"), "0,3")
    assert.strictEqual(withValue({ key: "team", title: "Team" }, "a", "b"), "b")
  })
})

describe("a time range", () => {
  it("ends now when it is relative, and a day is short enough for any search", () => {
    assert.deepStrictEqual(spanAt({}, noon), { from: "2026-03-29T11:00:00.000Z" })
    assert.deepStrictEqual(spanAt({ from: "-24h" }, noon), { from: "2026-03-28T12:01:00.000Z" })
    assert.deepStrictEqual(spanAt({ from: "-2x" }, noon), { from: "2026-03-29T11:00:00.000Z" })
    assert.deepStrictEqual(spanAt({ from: "all" }, noon), {})
    assert.deepStrictEqual(
      spanAt({ from: "2026-03-29T01:00:00Z", to: "2026-03-29T02:00:00Z" }, noon),
      { from: "2026-03-29T01:00:00.000Z", to: "2026-03-29T02:00:00.000Z" }
    )
  })

  it("is said in words", () => {
    assert.strictEqual(rangeWords({}, String), "in the last hour")
    assert.strictEqual(rangeWords({ from: "all" }, String), "in all that is kept")
    assert.strictEqual(rangeWords({ from: "2026-03-29" }, String), "from 2026-03-29 on")
    assert.strictEqual(rangeWords({ from: "2026-03-28", to: "2026-03-29" }, String), "from 2026-03-28 until 2026-03-29")
  })

  it("reaches back to an event by the shortest usual span", () => {
    assert.strictEqual(rangeReaching("2026-03-29T11:59:00Z", noon), "-15m")
    assert.strictEqual(rangeReaching("2026-03-27T12:00:00Z", noon), "-7d")
    assert.strictEqual(rangeReaching("2025-03-27T12:00:00Z", noon), "all")
  })
})

describe("what somebody types into the search", () => {
  it("is an event by its id or its ref, whatever the case", () => {
    assert.deepStrictEqual(meantBy(` ${id.toUpperCase()} `), { ref: id })
    assert.deepStrictEqual(meantBy(row.ref), { ref: row.ref })
    assert.deepStrictEqual(meantBy("core-1"), { text: "core-1", mayBeHost: true })
    assert.deepStrictEqual(meantBy("fan slow"), { text: "fan slow", mayBeHost: false })
  })

  it("leads to the newest event of a host, and to a text where no host is called so", async () => {
    const asked: Array<object> = []
    const newest = (filter: { readonly host?: string; readonly text?: string }) => {
      asked.push(filter)
      return Promise.resolve(filter.host === "CORE-1" || filter.text === "LINK-DOWN" ? row : undefined)
    }
    assert.deepStrictEqual(await addressFor("CORE-1", newest, noon), { host: "core-1", from: "-15m", open: row.ref })
    assert.deepStrictEqual(await addressFor("LINK-DOWN", newest, noon), {
      text: "LINK-DOWN",
      from: "-24h",
      open: row.ref
    })
    assert.deepStrictEqual(await addressFor("no such thing", newest, noon), { text: "no such thing", from: "-24h" })
    const from = "2026-03-28T12:01:00.000Z"
    assert.deepStrictEqual(asked, [
      { host: "CORE-1" },
      { host: "LINK-DOWN" },
      { text: "LINK-DOWN", from },
      { text: "no such thing", from }
    ])
    assert.deepStrictEqual(await addressFor(id, newest, noon), { open: id })
  })
})

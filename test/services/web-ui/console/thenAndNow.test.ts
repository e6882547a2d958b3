import { assert, describe, it } from "@effect/vitest"
import { eventOf, partsOf, trialOf } from "../../../../services/web-ui/console/pages/events/rawEvent.ts"
import { compareDecisions } from "../../../../services/web-ui/console/pages/events/thenAndNow.ts"
import type { Verdict } from "../../../../src/api/web-ui/Rules.ts"
import type { EventAuditEntry } from "../../../../src/domain/Decision.ts"

const raw = JSON.stringify({
  id: "01a225cc-4f15-7057-a7bd-9169654c3624",
  correlationId: "c",
  source: "syslog",
  sender: "syslog/udp",
  receivedAt: "2026-03-29T12:00:00.000Z",
  timestamp: "2026-03-29T12:00:00.000Z",
  hostname: "core-1",
  message: "port 3",
  tag: "LINK-DOWN: ",
  severity: 3,
  fields: { vrf: "blue", "id": 7 }
})

const event: typeof EventAuditEntry.Type = {
  id: "01a225cc-4f15-7057-a7bd-9169654c3624",
  event_timestamp: "2026-03-29T12:00:00.000Z",
  received_at: "2026-03-29T12:00:00.000Z",
  recorded_at: "2026-03-29T12:00:00.010Z",
  hostname: "core-1",
  correlation_id: "c",
  outcome: "unmatched",
  severity: 3,
  environment: "prod",
  matched_rule_id: null,
  handling_decision: null,
  team_assignment: "NETO",
  forwarded_to_moog: false,
  reason: "No rule matched.",
  rules_version: 2,
  cause: null,
  cause_id: null,
  raw_message: raw
}

const today: Verdict = {
  matched: false,
  outcome: "unmatched",
  environment: "prod",
  handling: null,
  team: "NETO",
  reason: "No rule matches.",
  rule: null,
  saw: { hostname: "core-1", message: "port 3", tag: "LINK-DOWN: ", severity: 3, trap_oid: null },
  others: [],
  others_omitted: 0
}

const differing = (then: typeof event, now: Verdict) =>
  compareDecisions({ event: then, rules: null }, now).filter(({ differs }) => differs).map(({ part }) => part)

describe("an event and today's rules", () => {
  it("agree where nothing changed", () => {
    assert.deepStrictEqual(differing(event, today), [])
  })

  it("differ in the parts that changed, each of them named", () => {
    assert.deepStrictEqual(
      differing(event, { ...today, outcome: "forwarded", handling: "Page_only", team: "Core" }),
      ["Outcome", "Handling", "Team"]
    )
  })

  it("leave silences aside: what one held back is compared as its rule says", () => {
    const silenced = { ...event, outcome: "suppressed", cause: "silence", handling_decision: "Page_only" } as const
    assert.deepStrictEqual(differing(silenced, { ...today, outcome: "forwarded", handling: "Page_only" }), [])
    assert.deepStrictEqual(differing(silenced, today), ["Outcome", "Handling"])
  })
})

describe("an event as it came", () => {
  it("is asked about with all that rules compare", () => {
    const read = eventOf(raw)
    assert.deepStrictEqual(read && trialOf(read), {
      hostname: "core-1",
      message: "port 3",
      tag: "LINK-DOWN: ",
      severity: 3
    })
  })

  it("shows each part that a device sent, and what no release can read as it is", () => {
    assert.deepStrictEqual(partsOf(raw).slice(-2), [["fields.vrf", "blue"], ["fields.id", "7"]])
    assert.isUndefined(eventOf("{\"old\":1}"))
    assert.deepStrictEqual(partsOf("not json"), [])
  })
})

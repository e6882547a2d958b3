import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { differText } from "../../../../services/web-ui/console/pages/rules/backtestWords.ts"
import { inOrder, moveRule, type Placed } from "../../../../services/web-ui/console/pages/rules/moveRule.ts"
import {
  emptyForm,
  fieldsOf,
  formFor,
  formOf,
  ruleOf,
  ruleOfText,
  steadyPart,
  textOf
} from "../../../../services/web-ui/console/pages/rules/ruleForm.ts"
import { aroundEach, linesOfValues } from "../../../../services/web-ui/console/pages/rules/ruleHistory.ts"
import { findRules, headline, ruleRows } from "../../../../services/web-ui/console/pages/rules/ruleRows.ts"
import { differing, merge } from "../../../../services/web-ui/console/parts/threeWay.ts"
import type { RuleView } from "../../../../src/api/web-ui/Rules.ts"
import type { RuleStatsItem } from "../../../../src/api/web-ui/RulesAtWork.ts"

const rule = (id: number, fields: Partial<RuleView> = {}): RuleView => ({
  id,
  name: `rule-${id}`,
  version: id,
  match_type: "contains",
  match_string: `text ${id}`,
  trap_oid: null,
  syslog_severity: null,
  priority: 100,
  prod_handling: "Ticket_only",
  dev_handling: "Log_only",
  team_assignment: "NOC",
  is_active: true,
  created_at: "2026-03-01T00:00:00.000Z",
  updated_at: "2026-03-01T00:00:00.000Z",
  ...fields
})

const did = (rule_id: number, fields: Partial<RuleStatsItem> = {}): RuleStatsItem => ({
  rule_id,
  name: `rule-${rule_id}`,
  is_active: true,
  forwarded: 3,
  suppressed: 0,
  last_hit: "2026-03-01T00:00:00.000Z",
  never_hit: false,
  shadowed_by: null,
  ...fields
})

describe("a rule as a form", () => {
  it("reads what it wrote, as a form and as JSON", () => {
    const fields = fieldsOf(rule(7, { syslog_severity: 3, match_string: " LINK-DOWN " }))
    assert.deepStrictEqual(ruleOf(formOf(fields)), Result.succeed(fields))
    assert.deepStrictEqual(ruleOfText(textOf(fields)), Result.succeed(fields))
  })

  it("names each field that the API would refuse", () => {
    const wrong = ruleOf({ ...emptyForm, priority: "1e3", name: "Upper Case" })
    assert.deepStrictEqual(Result.isFailure(wrong) && wrong.failure.map(({ field }) => field).toSorted(), [
      "name",
      "priority",
      "team_assignment"
    ])
    const misspelt = ruleOfText(JSON.stringify({ ...fieldsOf(rule(1)), prioritty: 1 }))
    assert.include(Result.isFailure(misspelt) && misspelt.failure[0]?.message, "did you mean `priority`")
    assert.strictEqual(Result.isFailure(ruleOfText("{")), true)
  })
})

describe("a rule made for an event", () => {
  it.each([
    ["its label", { tag: "", message: "%CDP-4-NATIVE_VLAN_MISMATCH: on Gi0/1" }, "%CDP-4-NATIVE_VLAN_MISMATCH"],
    [
      "the label of its tag",
      { tag: "%LINK-3-UPDOWN: ", message: "Interface Gi0/1, changed state to down" },
      "%LINK-3-UPDOWN"
    ],
    [
      "the longest run of words that stay",
      { tag: "sshd[812]: ", message: "Failed password for invalid user root from 192.0.2.7 port 4711" },
      "Failed password for invalid user root from"
    ],
    ["all of it, where nothing stays", { tag: "", message: "17 18" }, "17 18"]
  ])("asks for %s", (_, event, text) => {
    assert.strictEqual(steadyPart(event), text)
    assert.strictEqual(event.message.includes(text) || event.tag?.includes(text), true)
  })

  it("asks for the OID of a trap, goes before the rule that decided, and keeps the team", () => {
    assert.containSubset(formFor({ event: { message: "x", trapOid: "1.3.6.1" }, team: "WAN", priority: 40 }), {
      match_type: "oid_prefix",
      trap_oid: "1.3.6.1",
      priority: "39",
      team_assignment: "WAN"
    })
  })
})

describe("moving a rule", () => {
  const orderAfter = (rules: ReadonlyArray<Placed>, changed: ReadonlyMap<number, number> | undefined) =>
    inOrder(rules.map(({ id, priority }) => ({ id, priority: changed?.get(id) ?? priority }))).map(({ id }) => id)

  it("changes one priority where there is room", () => {
    const rules = [rule(1, { priority: 10 }), rule(2, { priority: 20 }), rule(3, { priority: 30 })]
    const moved = moveRule(rules, 3, { before: 2 })
    assert.strictEqual(moved?.size, 1)
    assert.deepStrictEqual(orderAfter(rules, moved), [1, 3, 2])
  })

  it("changes those behind it too where there is none", () => {
    const rules = [rule(1), rule(2), rule(3), rule(4, { priority: 101 }), rule(5, { priority: 900 })]
    const moved = moveRule(rules, 3, { before: 2 })
    assert.deepStrictEqual(orderAfter(rules, moved), [1, 3, 2, 4, 5])
    assert.strictEqual(moved?.has(1) === true || moved?.has(5) === true, false)
  })

  it("finds a place for every rule beside every other", () => {
    const rules = [[5, 0], [1, 0], [4, 1], [2, 1], [9, 1], [3, 7]].map(([id = 0, priority = 0]) => ({ id, priority }))
    const before = inOrder(rules).map(({ id }) => id)
    for (const id of before) {
      for (const beside of before.filter((other) => other !== id)) {
        const rest = before.filter((other) => other !== id)
        const at = rest.indexOf(beside)
        assert.deepStrictEqual(orderAfter(rules, moveRule(rules, id, { before: beside })), rest.toSpliced(at, 0, id))
        assert.deepStrictEqual(orderAfter(rules, moveRule(rules, id, { after: beside })), rest.toSpliced(at + 1, 0, id))
      }
    }
  })

  it("says so when there is no room at all", () => {
    const full = [rule(1, { priority: 1_000_000 }), rule(2, { priority: 1_000_000 })]
    assert.isUndefined(moveRule(full, 1, { after: 2 }))
  })
})

describe("the list of rules", () => {
  const rows = ruleRows(
    [rule(2), rule(1, { priority: 5, team_assignment: "WAN" }), rule(3, { is_active: false })],
    [did(1), did(2, { shadowed_by: "rule-1" }), did(3, { never_hit: true })]
  )

  it("is in deciding order, and says first what can't decide", () => {
    assert.deepStrictEqual(rows.map(({ place, rule }) => [place, rule.id]), [[1, 1], [2, 2], [3, 3]])
    assert.strictEqual(
      headline(rows),
      "3 rules: 1 can't decide, as an earlier rule takes all that they match; 1 is off."
    )
  })

  it("is narrowed by what the address says", () => {
    const ids = (address: Parameters<typeof findRules>[1]) => findRules(rows, address).map(({ rule }) => rule.id)
    assert.deepStrictEqual(ids({}), [1, 2, 3])
    assert.deepStrictEqual(ids({ q: "TEXT 2" }), [2])
    assert.deepStrictEqual(ids({ active: "0" }), [3])
    assert.deepStrictEqual(ids({ team: "WAN" }), [1])
    assert.deepStrictEqual(ids({ unused: "1" }), [2])
    assert.deepStrictEqual(ids({ type: "regex" }), [])
  })
})

describe("two people at one rule", () => {
  it("shows what differs, and takes what was chosen", () => {
    const base = fieldsOf(rule(1))
    const theirs = { ...base, priority: 5, team_assignment: "WAN" }
    const mine = { ...base, team_assignment: "DC", is_active: false }
    const fields = differing(base, theirs, mine)
    assert.deepStrictEqual(fields.map(({ key, take }) => [key, take]), [
      ["priority", "theirs"],
      ["team_assignment", "mine"],
      ["is_active", "mine"]
    ])
    const mineOnly = new Set(fields.filter(({ take }) => take === "mine").map(({ key }) => key))
    assert.deepStrictEqual(merge(theirs, mine, mineOnly), { ...mine, priority: 5 })
  })
})

describe("the history of a rule", () => {
  it("is worked out backwards from what the record has of each change", () => {
    const today = fieldsOf(rule(1, { priority: 7, team_assignment: "DC" }))
    const created = { ...rule(1, { priority: 5, team_assignment: "NOC" }) }
    const changes = [
      { old_values: { team_assignment: "WAN" }, new_values: { team_assignment: "DC" } },
      { old_values: { priority: 5, team_assignment: "NOC" }, new_values: { priority: 7, team_assignment: "WAN" } },
      { old_values: null, new_values: created },
      { old_values: { ...created, name: "earlier" }, new_values: null }
    ]
    const before = aroundEach(today, changes).map(({ before }) => before)
    assert.deepStrictEqual(before, [
      { ...today, team_assignment: "WAN" },
      fieldsOf(created),
      undefined,
      { ...fieldsOf(created), name: "earlier" }
    ])
    assert.strictEqual(linesOfValues({ priority: 5 }), "priority: 5")
    assert.strictEqual(linesOfValues(created), textOf(fieldsOf(created)))
  })
})

describe("a backtest in words", () => {
  const result = {
    against: "current",
    from: "",
    to: "",
    sample: 1,
    of: 10,
    reached: null,
    ms: 1,
    matrix: [],
    rules: [],
    teams: [],
    hours: [],
    hosts: [],
    could_not_know: [],
    all: { old: { alerts: 1, pages: 0 }, new: { alerts: 3, pages: 1 } }
  } as const

  it("says how many events differ, of how many", () => {
    assert.strictEqual(
      differText({ ...result, read: 0, differing: 0, stopped: null }),
      "There are no events in this time."
    )
    assert.strictEqual(differText({ ...result, read: 1, differing: 0, stopped: null }), "Nothing changes for 1 event.")
    assert.strictEqual(
      differText({ ...result, read: 1_200, differing: 2, stopped: "time" }),
      "2 of 1,200 events that were read would be decided otherwise."
    )
  })
})

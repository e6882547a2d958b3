import { assert, describe, it } from "@effect/vitest"
import { markWords, unlooked } from "../../../../services/web-ui/console/pages/events/draftMarks.ts"
import { calledRule, readDraft, writeDraft } from "../../../../services/web-ui/console/shell/draftRule.ts"
import { chosenKeys } from "../../../../services/web-ui/console/shell/listColumns.ts"
import type { RuleView } from "../../../../src/api/web-ui/Rules.ts"

const rows = Array.from({ length: 5 }, (_, index) => ({ id: String(index) }))

const saved: RuleView = {
  id: 7,
  name: "link-down",
  match_type: "contains",
  match_string: "link down",
  trap_oid: null,
  syslog_severity: null,
  priority: 50,
  prod_handling: "Page_only",
  dev_handling: "Log_only",
  team_assignment: "NOC",
  is_active: true,
  version: 3,
  created_at: "2026-03-01T12:00:00.000Z",
  updated_at: "2026-03-01T12:00:00.000Z"
}

describe("rows that a draft is held against", () => {
  it("are the newest first that nobody looked at yet", () => {
    const known = new Map([["1", "none" as const], ["4", "none" as const]])
    assert.deepStrictEqual(unlooked(rows, known, { newestLast: false, most: 2 }), ["0", "2"])
    assert.deepStrictEqual(unlooked(rows, known, { newestLast: true, most: 2 }), ["3", "2"])
  })

  it("are counted in a sentence", () => {
    const words = (isActive: boolean, ...marks: ReadonlyArray<"decides" | "matches" | "none" | "lost">) =>
      markWords(rows, new Map(marks.map((mark, index) => [String(index), mark])), { isActive, newestLast: false })
    assert.strictEqual(words(true, "decides", "none", "none", "none", "lost"), "decides 1 of 5 events.")
    assert.strictEqual(
      words(true, "matches", "none"),
      "decides none of 2 events looked at, and matches 1 more that other rules decide."
    )
    assert.strictEqual(words(false, "matches", "none", "none", "none", "none"), "is off, and matches 1 of 5 events.")
  })
})

describe("a draft in an address", () => {
  it("is the rule itself, or the number of a saved one", () => {
    const { created_at: _made, id: _id, updated_at: _changed, version: _version, ...rule } = saved
    const draft = { event: "e", rule: { ...rule, priority: 1 } }
    assert.deepStrictEqual(readDraft(writeDraft(draft), [saved]), draft)
    assert.containSubset(calledRule(draft, [saved]), { id: 8, priority: 1, name: "link-down" })
    assert.containSubset(readDraft("7", [saved]), { id: 7, rule: { name: "link-down" } })
  })

  it("counts for nothing when it can't be read", () => {
    for (const text of ["8", "{", "{\"rule\":{}}", "null", ""]) assert.isUndefined(readDraft(text, [saved]), text)
  })
})

describe("the columns of a list", () => {
  const all = [{ key: "host", first: true }, { key: "team" }, { key: "hits" }]

  it("are those of the address, else those that were chosen in this browser, always with the one that leads", () => {
    assert.deepStrictEqual(chosenKeys(all, "hits", "team"), ["host", "hits"])
    assert.deepStrictEqual(chosenKeys(all, undefined, "team"), ["host", "team"])
    assert.deepStrictEqual(chosenKeys(all, "of,another,list", "team"), ["host", "team"])
  })
})

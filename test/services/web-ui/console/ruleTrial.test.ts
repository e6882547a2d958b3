import { assert, describe, it } from "@effect/vitest"
import { RuleTrial, type Trial } from "../../../../services/web-ui/console/workers/RuleTrial.ts"
import type { CalledRule } from "../../../../src/domain/Rule.ts"

const at = Date.parse("2026-03-01T12:00:00Z")

const rule = (id: number, fields: Partial<CalledRule> = {}): CalledRule => ({
  id,
  name: `rule-${id}`,
  matchType: "contains",
  matchString: "link down",
  trapOid: null,
  syslogSeverity: null,
  priority: 100,
  prodHandling: "Page_only",
  devHandling: "Log_only",
  teamAssignment: "NOC",
  isActive: true,
  ...fields
})

const trials = new RuleTrial()
trials.learn({
  version: 4,
  rules: [rule(1, { priority: 50, matchString: "link" }), rule(2)],
  developmentHosts: ["lab*"],
  deviceTeams: [{ hostname: "core-1", team: "WAN" }]
})

const tried = (draft: CalledRule | undefined, event: Parameters<RuleTrial["try"]>[1]): Trial => {
  const trial = trials.try(draft, event, at)
  if (typeof trial === "string") throw new Error(trial)
  return trial
}

describe("the tester of rules", () => {
  it("decides as the alerter does: by order, host and team", () => {
    const trial = tried(undefined, { hostname: "lab-3", message: "Link DOWN on port 3" })
    assert.containSubset(trial.decision, { outcome: "suppressed", environment: "dev", ruleId: 1, team: "NOC" })
    assert.deepStrictEqual(trial.also.map(({ name }) => name), ["rule-2"])
    assert.containSubset(tried(undefined, { hostname: "core-1", message: "quiet" }).decision, {
      outcome: "unmatched",
      team: "WAN"
    })
  })

  it("puts the rule as it is typed in the place of the saved one", () => {
    const event = { hostname: "core-1", message: "link down" }
    assert.containSubset(tried(rule(2, { priority: 1 }), event), { draft: "decides", rule: { id: 2, priority: 1 } })
    assert.deepStrictEqual(tried(rule(2), event).draft, { against: "It matches, but another rule comes before it." })
    assert.deepStrictEqual(tried(rule(2, { matchString: "fan" }), event).draft, {
      against: "the message does not contain the text."
    })
    assert.containSubset(tried(rule(3, { priority: 0, name: "fresh" }), event), {
      draft: "decides",
      rule: { name: "fresh" }
    })
  })

  it("says what is wrong with a pattern that nobody can use", () => {
    const { decision, draft } = tried(rule(2, { matchType: "regex", matchString: "(" }), { message: "link" })
    assert.match(JSON.stringify(draft), /^{"problem":"The text is not a pattern the engine takes/)
    assert.strictEqual(decision.ruleId, 1)
  })

  it("marks of many events which a draft decides, and which it only matches", () => {
    const event = (message: string, tag?: string) => ({
      message,
      hostname: "core-1",
      ...(tag === undefined ? {} : { tag })
    })
    const events = [event("link down"), event("down", "LINK-3: "), event("fan")].map((event, key) => ({
      key: String(key),
      event
    }))
    const marked = (draft: CalledRule) => trials.mark(draft, events, at)
    assert.deepStrictEqual(marked(rule(3, { priority: 1, matchString: "link" })), [
      ["0", "decides"],
      ["1", "decides"],
      ["2", "none"]
    ])
    assert.deepStrictEqual(marked(rule(3, { priority: 90, matchString: "down" })), [
      ["0", "matches"],
      ["1", "matches"],
      ["2", "none"]
    ])
    assert.deepStrictEqual(marked(rule(3, { isActive: false, priority: 1, matchString: "fan" })), [
      ["0", "none"],
      ["1", "none"],
      ["2", "matches"]
    ])
    assert.match(String(marked(rule(3, { matchType: "regex", matchString: "(" }))), /^The text is not a pattern/)
  })

  it("reads a line as intake does", () => {
    const trial = tried(undefined, { line: "<187>Mar  1 11:59:58 sw9 LINK-3: link down", message: "" })
    assert.containSubset(trial.saw, { hostname: "sw9", message: "link down", tag: "LINK-3: " })
    assert.include(trials.try(undefined, { line: "\u0001\u0002", message: "" }, at), "Neither a priority")
  })
})

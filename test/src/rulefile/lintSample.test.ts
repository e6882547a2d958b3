import { assert, describe, it } from "@effect/vitest"
import type { Rule } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { lintSample, type SampleEvent } from "../../../src/rulefile/lintSample.ts"
import { contains, regex } from "../matching/rules.ts"

const said = (...messages: ReadonlyArray<string>): ReadonlyArray<SampleEvent> =>
  messages.map((message) => ({ hostname: "sw1", message }))
const linted = (rules: ReadonlyArray<Rule>, sample: ReadonlyArray<SampleEvent>, certain?: ReadonlySet<string>) =>
  inOneGo(lintSample(rules.map((rule) => ({ ...rule, name: `r${rule.id}` })), sample, certain))
const found = (...given: Parameters<typeof linted>) =>
  linted(...given).map(({ code, other, rule }) => [code, rule, other])

describe("lint over a sample", () => {
  it("finds a rule whose events all go to an earlier one, with a message that shows it", () => {
    const rules = [contains(1, "link"), regex(2, "(?:link|port) down")]
    assert.deepStrictEqual(linted(rules, said("link down", "link up")), [{
      code: "shadowed_in_practice",
      level: "warn",
      rule: "r2",
      other: "r1",
      message: "Rule r2 matches 1 event of 2 and decides none: most go to rule r1.",
      proof: "sw1: \"link down\""
    }])
    assert.deepStrictEqual(found(rules, said("link down", "port down")), [])
  })

  it("finds two rules that match one event and differ in what they do", () => {
    const other = { prodHandling: "Log_only", teamAssignment: "Sec" } as const
    const rules = [contains(1, "link"), contains(2, "down", other), contains(3, "up")]
    const [finding, ...others] = linted(rules, said("link down", "fan down", "link up", "power up"))
    assert.deepInclude(finding, { code: "overlap", rule: "r2", other: "r1", proof: "sw1: \"link down\"" })
    assert.include(finding?.message ?? "", "differs in prod_handling, team.")
    assert.deepStrictEqual(others, [])
  })

  it("finds a rule that matches more than a fifth, and one that matches nothing", () => {
    const messages = Array.from({ length: 100 }, (_, n) => `event ${n % 4 === 0 ? "often" : n}`)
    const rules = [contains(1, "often"), contains(2, "never"), contains(3, "event 7")]
    assert.deepStrictEqual(found(rules, said(...messages)), [["broad", "r1", null], ["never_hit", "r2", null]])
    assert.deepStrictEqual(found([contains(1, "a")], said("a")), [])
  })

  it("says nothing of an empty sample, of rules that are not active, or of those that are known never to decide", () => {
    assert.deepStrictEqual(found([contains(1, "x")], []), [])
    assert.deepStrictEqual(found([contains(1, "x", { isActive: false })], said("y")), [])
    assert.deepStrictEqual(found([contains(1, "x"), contains(2, "xy")], said("xy"), new Set(["r2"])), [])
  })
})

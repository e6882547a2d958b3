import { assert, describe, it } from "@effect/vitest"
import type { Rule } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import type { Matchable } from "../../../src/matching/CompiledRule.ts"
import { explain, type ExplainOptions } from "../../../src/matching/explain.ts"
import { buildMatcher } from "../../../src/matching/Matcher.ts"
import { contains, exact, oidPrefix, regex } from "./rules.ts"

const explained = (rules: ReadonlyArray<Rule>, event: Matchable, options?: ExplainOptions) => {
  const matcher = inOneGo(buildMatcher(rules))
  const match = matcher.match(event)
  return { match, ...inOneGo(explain(rules, matcher, match, event, options)) }
}

describe("an explanation", () => {
  const rules = [
    contains(1, "fan", { priority: 50, syslogSeverity: 2 }),
    regex(2, "temp\\d+", { priority: 20 }),
    contains(3, "TEMP", { priority: 30 }),
    oidPrefix(4, "1.3", { priority: 10 }),
    regex(5, "(", { priority: 40 }),
    exact(6, "temp high", { priority: 60 }),
    contains(7, "temp", { isActive: false, priority: 1 })
  ]

  it("names the rule that decides, and for every other active rule why it does not", () => {
    const { match, omitted, others } = explained(rules, { message: "temp high", severity: 3 })
    assert.strictEqual(match?.rule.id, 3)
    assert.strictEqual(match?.why, "Rule 3: message contains \"TEMP\".")
    assert.strictEqual(omitted, 0)
    assert.deepStrictEqual(others.map(({ rule, why }) => [rule.id, why]).slice(0, 2), [
      [4, "the event has no trap OID"],
      [2, "the message does not match the pattern"]
    ])
    assert.match(others[2]?.why ?? "", /^it cannot be used: matchString is not a pattern the engine takes: /)
    assert.deepStrictEqual(others.map(({ rule, why }) => [rule.id, why]).slice(3), [
      [1, "severity is 3, the rule asks for 2"],
      [6, "it matches too, but rule 3 (priority 30) comes before it"]
    ])
  })

  it("looks at the message with its tag too, and says so", () => {
    const { match, others } = explained([regex(1, "^port \\d+$"), contains(2, "LINK-UP"), exact(3, "port 4")], {
      message: "port 3",
      tag: "LINK-DOWN: "
    })
    assert.strictEqual(match?.why, "Rule 1: message with or without its tag matches the pattern \"^port \\\\d+$\".")
    assert.deepStrictEqual(others.map(({ why }) => why), [
      "the message, with or without its tag, does not contain the text",
      "the message, with or without its tag, is not this text"
    ])
  })

  it("says how far a large pattern looks at a long message", () => {
    const { others } = explained([regex(1, "(\\w{50} ){5}|needle")], { message: "needle".padStart(60_000, ".") })
    assert.match(
      others[0]?.why ?? "",
      /^the message does not match the pattern in its first [\d,]+ characters, which is as far as a pattern of \d+ instructions looks$/
    )
  })

  it("says so when no rule decides", () => {
    assert.isUndefined(explained(rules, { message: "quiet" }).match)
  })

  it("stays as long as asked for, and still finds the rule that decides", () => {
    const many = Array.from({ length: 500 }, (_, index) => contains(index + 1, `never ${index}`))
    const { match, omitted, others } = explained(
      [...many, contains(501, "yes", { priority: 999 })],
      { message: "yes" },
      { most: 10 }
    )
    assert.strictEqual(match?.rule.id, 501)
    assert.strictEqual(others.length, 10)
    assert.strictEqual(omitted, 490)
  })

  it("stops when it is enough, and still knows the rule that decides", () => {
    let asked = 0
    const { match, omitted, others } = explained(rules, { message: "temp high", severity: 3 }, {
      isEnough: () => asked++ === 2
    })
    assert.strictEqual(match?.rule.id, 3)
    assert.strictEqual(others.length, 2)
    assert.strictEqual(omitted, 3)
  })
})

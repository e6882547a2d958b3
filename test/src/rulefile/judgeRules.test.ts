import { assert, describe, it } from "@effect/vitest"
import type { Rule } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { judgeRules } from "../../../src/rulefile/judgeRules.ts"
import { contains, regex } from "../matching/rules.ts"

const judged = (rules: ReadonlyArray<Rule>, ...tests: ReadonlyArray<unknown>) =>
  inOneGo(judgeRules({
    rules: rules.map((rule) => ({ ...rule, name: `r${rule.id}` })),
    developmentHosts: [],
    deviceTeams: [],
    tests
  }))

describe("rules that somebody wants to store", () => {
  it("are judged by their tests and by lint, whatever their ids are", () => {
    const test = (rule: string) => ({ name: rule, events: [{ message: "link down" }], expect: [{ event: 0, rule }] })
    const { errors, failedTests, findings } = judged(
      [contains(70, "link"), contains(90, "link down")],
      test("r70"),
      test("r90")
    )
    assert.deepStrictEqual(errors, [])
    assert.deepStrictEqual(findings.map(({ code, other, rule }) => [code, rule, other]), [["shadowed", "r90", "r70"]])
    assert.deepStrictEqual(failedTests.map(({ name }) => name), ["r90"])
    assert.deepInclude(failedTests[0]?.failures[0], { event: 0, field: "rule", expected: "r90", got: "r70" })
  })

  it("are told what cannot be used, by field, and nothing else", () => {
    const { errors, findings } = judged([regex(1, "("), contains(2, "x"), contains(3, "xy")])
    assert.deepStrictEqual(errors.map(({ field }) => field), ["rules.0.match_string"])
    assert.deepStrictEqual(findings, [])
    const tests = judged([contains(1, "x")], { name: "t", events: [], sent: 1, expects: [] }).errors
    assert.deepStrictEqual(tests.map(({ field }) => field), ["tests.0.expects", "tests.0.events"])
    const unknown = judged([contains(1, "x")], {
      name: "t",
      events: [{ message: "x" }],
      expect: [{ event: 0, rule: "r2" }]
    })
    assert.deepStrictEqual(unknown.errors.map(({ field }) => field), ["tests.0.expect.0.rule"])
  })
})

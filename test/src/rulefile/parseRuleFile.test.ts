import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { parseRuleFile, problemLine } from "../../../src/rulefile/parseRuleFile.ts"
import { testedRules } from "../../../src/rulefile/RuleFile.ts"
import { yamlLimits } from "../../../src/rulefile/yamlSource.ts"

const problems = (text: string) => {
  const parsed = parseRuleFile(text)
  return Result.isSuccess(parsed) ? [] : parsed.failure.map((problem) => problemLine("f", problem))
}
const file = (text: string) => {
  const parsed = parseRuleFile(text)
  if (Result.isFailure(parsed)) throw new Error(problems(text).join("\n"))
  return parsed.success
}

const handled = "prod_handling: Page_only, dev_handling: Ignore, team_assignment: NetOps"
const rule = (name: string, rest: string) => `  - { name: ${name}, ${handled}, ${rest} }`

describe("a file of rules", () => {
  it("is YAML, with comments, single quotes for patterns, and fields that repeat kept in one place", () => {
    const { rules } = file(`
# ours
rules:
  - &usual
    name: link
    match_type: regex
    match_string: 'Gi\\d+/\\d+ down' # a backslash is one
    prod_handling: Page_only
    dev_handling: Ignore
    team_assignment: NetOps
  - <<: *usual
    name: fan
    match_string: fan \\d+
`)
    assert.deepStrictEqual(rules.map((one) => [one.name, one.match_type, one.match_string, one.team_assignment]), [
      ["link", "regex", "Gi\\d+/\\d+ down", "NetOps"],
      ["fan", "regex", "fan \\d+", "NetOps"]
    ])
  })

  it("is JSON as well, also with tabs", () => {
    const text = JSON.stringify(file(["rules:", rule("a", "match_string: x")].join("\n")), null, "\t")
    assert.deepStrictEqual(file(text).rules.map(({ name }) => name), ["a"])
  })

  it("becomes the rules that the alerter would have", () => {
    const parsed = file([
      "rules:",
      rule("b", "match_string: x, priority: 7"),
      rule("a", "match_type: oid_prefix, trap_oid: 1.3.6.1, is_active: false"),
      "hosts: { development: [LAB*], teams: [{ hostname: FW1, team_assignment: Sec }] }"
    ].join("\n"))
    assert.deepStrictEqual(
      testedRules(parsed).rules.map(({ id, isActive, name, priority }) => [id, name, priority, isActive]),
      [
        [1, "b", 7, true],
        [2, "a", 100, false]
      ]
    )
    assert.deepInclude(testedRules(parsed), {
      developmentHosts: ["lab*"],
      deviceTeams: [{ hostname: "fw1", team: "Sec" }]
    })
  })
})

describe("a rule without a name", () => {
  it("is called by its place, as no rule can be", () => {
    const parsed = file(`rules: [{ match_string: x, ${handled} }]`)
    assert.deepStrictEqual(testedRules(parsed).rules.map(({ name }) => name), ["#1"])
  })
})

describe("what is wrong with a file", () => {
  it("is told with its line and column, and the name that was meant", () => {
    assert.deepStrictEqual(problems(["rules:", rule("a", "match_strin: x")].join("\n")), [
      `f:2:${rule("a", "match_strin: x").indexOf("x }") + 1}: rules.0.match_strin: There is no field ` +
      "`match_strin`; did you mean `match_string`?"
    ])
    assert.deepStrictEqual(problems("rule: []"), [
      "f:1:7: rule: There is no field `rule`; did you mean `rules`?",
      "f:1:1: rules: Missing key"
    ])
  })

  it("names a text that needs quotes", () => {
    assert.match(problems(["rules:", rule("a", "match_string: 42")].join("\n"))[0] ?? "", /^f:2:\d+: .*needs quotes/)
  })

  it("is a syntax error where it stands, with a way out for patterns in double quotes", () => {
    assert.match(problems("rules: [")[0] ?? "", /^f:1:9: /)
    assert.match(
      problems(["rules:", rule("a", "match_string: \"\\d+\"")].join("\n"))[0] ?? "",
      /^f:2:\d+: .*single quotes/
    )
    assert.match(problems("rules: []\nrules: []")[0] ?? "", /^f:2:1: .*unique/i)
    assert.match(problems("rules: !!js/function x")[0] ?? "", /^f:1:8: .*tag/i)
    assert.match(problems("rules: []\n---\nrules: []")[0] ?? "", /^f:2:1: .*multiple documents/)
    assert.isNotEmpty(problems(""))
  })

  it("is an alias or a merge of what is not there", () => {
    assert.match(problems("rules: *nothing")[0] ?? "", /^f:1:\d+: Unresolved alias/i)
    assert.match(problems("rules: [{ <<: 3 }]")[0] ?? "", /^f:1:1: Merge sources must be maps/)
  })

  it("is a rule that the alerter could not use", () => {
    const text = ["rules:", rule("a", "match_type: regex, match_string: '('"), rule("b", "match_type: oid_prefix")]
    assert.match(problems(text.join("\n"))[0] ?? "", /^f:2:\d+: rules.0.match_string is not a pattern the engine takes/)
    assert.match(problems(text.join("\n"))[1] ?? "", /^f:3:\d+: rules.1.trap_oid is needed/)
  })

  it("is a name that is used twice, or none", () => {
    const text = ["rules:", rule("a", "match_string: x"), rule("a", "match_string: y"), rule("A b", "match_string: z")]
    assert.match(problems(text.slice(0, 3).join("\n"))[0] ?? "", /^f:3:13: rules.1.name is the name of rules.0 already/)
    assert.match(problems([text[0], text[3]].join("\n"))[0] ?? "", /^f:2:13: rules.0.name: Expected 1 to 64 of/)
  })

  it("is a test that could show nothing", () => {
    const tests = (test: string) => problems(["rules:", rule("link", "match_string: x"), "tests:", test].join("\n"))
    const test = (rest: string) => tests(`  - { name: t, events: [{ message: x }], ${rest} }`)
    assert.deepStrictEqual(test("sent: 1"), [])
    assert.match(tests("  - { name: t, events: [{ message: x }] }")[0] ?? "", /^f:4:5: tests.0.expect is empty/)
    assert.match(test("expect: [{ event: 1 }]")[0] ?? "", /There is no event 1; the test has 1/)
    assert.match(test("expect: [{ event: 0, rule: lnk }]")[0] ?? "", /did you mean `link`/)
    assert.match(test("expect: [{ event: 0, alert: open }]")[0] ?? "", /alert cannot be expected yet/)
    assert.match(test("sent: 1, start: noon")[0] ?? "", /start must be a time with its zone/)
    assert.match(
      tests("  - { name: t, events: [{ at: 5m, message: x }, { at: 1m, message: x }], sent: 1 }")[0] ?? "",
      /order/
    )
    assert.match(tests("  - { name: t, events: [{ at: soon, message: x }], sent: 1 }")[0] ?? "", /length of time/)
    assert.match(tests("  - { name: t, events: [{ severity: bad, message: x }], sent: 1 }")[0] ?? "", /no severity/)
    assert.match(tests("  - { name: t, events: [{ host: x }], sent: 1 }")[0] ?? "", /needs a message/)
  })

  it("is at most so much that one can read it", () => {
    const text = ["rules:", ...Array.from({ length: 100 }, () => rule("A", "match_string: x"))].join("\n")
    assert.isAtMost(problems(text).length, 21)
  })
})

describe("a file that would take all memory or time", () => {
  it("is refused when its aliases say a billion things", () => {
    const levels = Array.from(
      { length: 9 },
      (_, n) =>
        n === 0 ? "  l0: &l0 [lol]" : `  l${n}: &l${n} [${Array.from({ length: 10 }, () => `*l${n - 1}`).join(", ")}]`
    )
    const [problem = ""] = problems(["rules: []", "x:", ...levels].join("\n"))
    assert.match(problem, /^f:\d+:\d+: With every alias written out, this holds more than 2,000,000 values\.$/)
  })

  it("is refused when an alias is inside of itself, or when it is nested without end", () => {
    assert.match(problems("rules: &a [*a]")[0] ?? "", /^f:1:\d+: The alias is inside/)
    assert.match(problems(`rules: ${"[".repeat(200)}${"]".repeat(200)}`)[0] ?? "", /nested too deeply/)
    assert.match(problems(`rules: ${"[".repeat(20_000)}`)[0] ?? "", /nested too deeply/)
  })

  it("is refused when it is very long", () => {
    assert.match(problems(`# ${"x".repeat(yamlLimits.length)}`)[0] ?? "", /more than 4,194,304 characters/)
  })

  it("may repeat a part of itself often", () => {
    const text = [
      "rules:",
      rule("a", "match_string: x"),
      "tests:",
      "  - { name: t0, events: &events [{ message: x }], sent: 1 }",
      ...Array.from({ length: 500 }, (_, n) => `  - { name: t${n + 1}, events: *events, sent: 1 }`)
    ]
    assert.lengthOf(file(text.join("\n")).tests ?? [], 501)
  })
})

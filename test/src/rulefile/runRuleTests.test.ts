import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { inOneGo } from "../../../src/logic/steps.ts"
import { junit } from "../../../src/rulefile/junit.ts"
import { parseRuleFile } from "../../../src/rulefile/parseRuleFile.ts"
import { testedRules } from "../../../src/rulefile/RuleFile.ts"
import { failureLine, runRuleTests } from "../../../src/rulefile/runRuleTests.ts"
import { readDuration, readStart } from "../../../src/rulefile/testTime.ts"

const rules = `
rules:
  - { name: link-down, match_type: regex, match_string: 'state to down$', prod_handling: Page_and_ticket,
      dev_handling: Log_only, team_assignment: NetOps, syslog_severity: 3 }
  - { name: any-link, match_string: changed state, prod_handling: Log_only, dev_handling: Ignore,
      team_assignment: NetOps, priority: 200 }
  - { name: cisco, match_type: oid_prefix, trap_oid: 1.3.6.1.4.1.9, prod_handling: Ticket_only, dev_handling: Ignore,
      team_assignment: Traps }
hosts: { development: [lab*], teams: [{ hostname: fw*, team_assignment: Security }] }
tests:
`
const run = (test: string) => {
  const parsed = parseRuleFile(`${rules}  - ${test.trim().split("\n").join("\n    ")}`)
  if (Result.isFailure(parsed)) throw new Error(JSON.stringify(parsed.failure))
  const [result] = inOneGo(runRuleTests(testedRules(parsed.success)))
  return (result?.failures ?? []).map(failureLine)
}

const events = `
name: a link
start: 2026-03-29T01:59:00+01:00[Europe/Berlin]
events:
  - { at: 0s, host: SW1, severity: err, message: "Interface Gi0/1, changed state to down" }
  - { at: 5m, host: sw1, message: "Interface Gi0/1, changed state to up" }
  - { host: lab7, severity: 3, message: "Interface Gi0/1, changed state to down" }
  - { at: 1h, host: fw1, message: hello }
  - { host: r1, trap_oid: .1.3.6.1.4.1.9.9.1 }
  - { line: "<187>Nov 28 04:20:00 sw9 LINK-DOWN: Gi0/2 changed state to down" }
`

describe("the tests of a file", () => {
  it("pass when the rules do what is expected; what is left out is not compared", () => {
    assert.deepStrictEqual(
      run(`${events}
expect:
  - { event: 0, outcome: forwarded, rule: link-down, handling: Page_and_ticket, team: NetOps, environment: prod }
  - { event: 1, outcome: suppressed, rule: any-link, cause: handling }
  - { event: 2, environment: dev, handling: Log_only }
  - { event: 3, outcome: unmatched, rule: null, handling: null, team: Security, cause: null }
  - { event: 4, rule: cisco, team: Traps }
  - { event: 5, rule: link-down }
sent: 3`),
      []
    )
  })

  it("fail with what came out, and why the rule that was expected does not decide", () => {
    assert.deepStrictEqual(
      run(`${events}
expect:
  - { event: 0, rule: any-link }
  - { event: 1, rule: link-down }
  - { event: 3, outcome: forwarded }
sent: 6`),
      [
        "event 0: rule is link-down, expected any-link. Rule link-down: message matches the pattern \"state to down$\" " +
        "and severity is 3. Handling Page_and_ticket for prod hosts forwards it. Rule any-link does not decide: it " +
        "matches too, but link-down comes before it.",
        "event 1: rule is any-link, expected link-down. Rule any-link: message contains \"changed state\". Handling " +
        "Log_only for prod hosts keeps only the record. Rule link-down does not decide: the event has no severity, the " +
        "rule asks for 3.",
        "event 3: outcome is unmatched, expected forwarded. No active rule matches.",
        "sent is 3, expected 6. Alerts of 6 events."
      ]
    )
  })

  it("say which line of a device cannot be read", () => {
    const [failure = ""] = run("name: t\nevents: [{ line: \"\\x01\" }]\nexpect: [{ event: 0, outcome: unmatched }]")
    assert.match(failure, /^event 0: line is no event, expected an event\. /)
  })
})

describe("a silence in a test", () => {
  const night = `
name: night
start: 2026-03-29T03:30[Europe/Berlin]
silences:
  - { rules: [link-down], severity_from: 3, weekly: [{ days: [SU], from: "04:00", to: "06:00" }] }
  - { name: move, hosts: [fw1], ends_at: 2026-03-29T03:00:00Z }
events:
  - { host: sw1, severity: err, message: "Interface Gi0/1, changed state to down" }
  - { at: 30m, host: sw1, severity: err, message: "Interface Gi0/1, changed state to down" }
  - { host: fw1, message: hello }
  - { at: 2h30m, host: fw1, severity: err, message: "Interface Gi0/1, changed state to down" }
`
  it("holds back what would be sent or counted, by its windows in the zone of the test", () => {
    assert.deepStrictEqual(
      run(`${night}
expect:
  - { event: 0, outcome: forwarded, silence: null }
  - { event: 1, outcome: suppressed, rule: link-down, cause: silence, silence: silence-0 }
  - { event: 2, outcome: suppressed, rule: null, silence: move }
  - { event: 3, outcome: forwarded }
sent: 2`),
      []
    )
    assert.match(
      run(`${night}\nexpect: [{ event: 1, outcome: forwarded }]`)[0] ?? "",
      /Silence silence-0 holds it back\.$/
    )
  })

  it("covers the whole test when it has no times", () => {
    const test = "name: t\nsilences: [{ hosts: [r1] }]\nevents: [{ host: r1, message: x }]"
    assert.deepStrictEqual(run(`${test}\nexpect: [{ event: 0, silence: silence-0 }]\nsent: 0`), [])
  })

  it("that cannot be used is told by its place", () => {
    const problem = (silence: string, expected = "silence-0") => {
      const text = `${rules}  - { name: t, events: [{ message: x }], silences: [${silence}], ` +
        `expect: [{ event: 0, silence: ${expected} }] }`
      const parsed = parseRuleFile(text)
      return Result.isSuccess(parsed)
        ? ""
        : parsed.failure.map(({ field, message }) => `${field}: ${message}`).join("; ")
    }
    assert.match(problem("{ environment: dev }"), /^tests.0.silences.0: Must name/)
    assert.match(
      problem("{ hosts: [a], weekly: [{ days: [SU], from: \"01:00\", to: \"02:00\" }] }"),
      /silences.0.zone: Is needed/
    )
    assert.match(
      problem("{ hosts: [a], monthly: [{ day: 40, from: \"01:00\", to: \"02:00\" }] }"),
      /silences.0.monthly.0.day/
    )
    assert.match(problem("{ hosts: [a] }", "move"), /no silence `move`; did you mean `silence-0`/)
  })
})

describe("the time of a test", () => {
  it("is an instant, whatever way it is written", () => {
    const instant = Date.UTC(2026, 2, 29, 0, 59)
    for (
      const text of [
        "2026-03-29T01:59:00+01:00[Europe/Berlin]",
        "2026-03-29T01:59[Europe/Berlin]",
        "2026-03-29 01:59:00.000+01:00",
        "2026-03-29T00:59:00z"
      ]
    ) {
      assert.strictEqual(
        (typeof readStart(text) === "string" ? {} : readStart(text) as { millis?: number }).millis,
        instant
      )
    }
  })

  it("is refused without a zone, when it contradicts its zone, or is shown twice or never", () => {
    for (
      const [text, why] of [
        ["2026-03-29T01:59:00", /with its zone/],
        ["2026-03-29T01:59:00+02:00[Europe/Berlin]", /contradicts itself: .* shows 00:59/],
        ["2026-03-29T02:30[Europe/Berlin]", /twice or never/],
        ["2026-10-25T02:30[Europe/Berlin]", /twice or never/],
        ["2026-02-30T02:30Z", /with its zone|does not exist/],
        ["2026-03-29T01:59[Europe/Berln]", /does not exist: Europe\/Berln/]
      ] as const
    ) assert.match(String(readStart(text)), why)
  })

  it("goes on by lengths of time", () => {
    assert.strictEqual(readDuration("1h30m"), 5_400_000)
    assert.strictEqual(readDuration("250ms"), 250)
    assert.strictEqual(readDuration("2d"), 172_800_000)
    for (const text of ["", "5", "m", "5 m", "-5m", "1w"]) assert.isUndefined(readDuration(text))
  })
})

describe("the report for build servers", () => {
  it("is XML whatever the names and messages hold", () => {
    const failure = { event: 0, field: "rule", expected: "<a>", got: null, why: "\"x\" & \u0001 \ud800" }
    assert.strictEqual(
      junit("f&g.yaml", [{ name: "good\n", failures: [] }, { name: "bad", failures: [failure] }]),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mutt rules test" tests="2" failures="1" errors="0" skipped="0">
  <testsuite name="f&amp;g.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="f&amp;g.yaml" name="good&#10;"/>
    <testcase classname="f&amp;g.yaml" name="bad">
      <failure message="event 0: rule is none, expected &lt;a&gt;. &quot;x&quot; &amp; \ufffd \ufffd">event 0: rule is none, expected &lt;a&gt;. &quot;x&quot; &amp; \ufffd \ufffd</failure>
    </testcase>
  </testsuite>
</testsuites>
`
    )
  })
})

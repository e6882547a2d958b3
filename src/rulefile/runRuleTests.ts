import { Refusal } from "../decode/ReceiveContext.ts"
import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import { compileRule, mismatch } from "../matching/CompiledRule.ts"
import { buildPolicy, type Policy } from "../matching/Policy.ts"
import { silenceIndex } from "../silence/silenceIndex.ts"
import type { Expectation, NamedRule, RuleTest, TestedRules } from "./RuleFile.ts"
import { eventsOf } from "./testEvents.ts"
import { silenceName, silencesOf } from "./testSilences.ts"

/** One thing that came out otherwise than a test expects. */
export interface TestFailure {
  /** Place of the event; `null` for the test as a whole. */
  readonly event: number | null
  readonly field: string
  readonly expected: string | number | null
  readonly got: string | number | null
  /** Why it came out so, in a sentence. */
  readonly why: string
}

export interface TestResult {
  readonly name: string
  readonly failures: ReadonlyArray<TestFailure>
}

/** What became of one event, under the names that a test uses. */
interface Outcome {
  readonly outcome: Decision["outcome"]
  readonly rule: string | null
  readonly handling: string | null
  readonly team: string
  readonly environment: string
  readonly cause: string | null
  readonly silence: string | null
}

const compared = ["outcome", "rule", "handling", "team", "environment", "cause", "silence"] as const

/** Runs tests, each from a fresh start, by the function that decides in production. Pauses after each. */
export function* runRuleTests({ tests, ...given }: TestedRules): Generator<void, ReadonlyArray<TestResult>> {
  const policy = yield* buildPolicy({ version: 1, ...given })
  const rules = new Map(given.rules.map((rule) => [rule.id, rule]))
  const results: Array<TestResult> = []
  for (const test of tests) {
    yield
    results.push({ name: test.name, failures: runTest(test, policy, rules) })
  }
  return results
}

type RulesById = ReadonlyMap<number, NamedRule>

const runTest = (test: RuleTest, policy: Policy, rules: RulesById): ReadonlyArray<TestFailure> => {
  const events = eventsOf(test)
  const decisions = events.map((event) => event instanceof Refusal ? undefined : policy.decide(event))
  const nameOf = (id: number | null) => id === null ? null : rules.get(id)?.name ?? null
  const index = silenceIndex(silencesOf(test), (id) => rules.get(id)?.name)
  const silences = events.map((event, at) => {
    const decision = decisions[at]
    const found = event instanceof Refusal || decision === undefined ? undefined : index.find(event, decision)?.silence
    const silence = found === undefined ? undefined : test.silences?.[found.id]
    return found === undefined || silence === undefined ? null : silenceName(silence, found.id)
  })

  const failures = (test.expect ?? []).flatMap((expected): ReadonlyArray<TestFailure> => {
    const event = events[expected.event]
    const decision = decisions[expected.event]
    if (event === undefined || decision === undefined || event instanceof Refusal) {
      const why = event instanceof Refusal ? event.detail : "There is no such event."
      return [{ event: expected.event, field: "line", expected: "an event", got: "no event", why }]
    }
    const outcome = outcomeOf(decision, nameOf(decision.ruleId), silences[expected.event] ?? null)
    const why = reasonOf(decision, outcome)
    return differences(expected, outcome).map(({ field, got, wanted }) => ({
      event: expected.event,
      field,
      expected: wanted,
      got,
      why: field === "rule" ? `${why}${whyNot(wanted, rules, event, outcome.rule)}` : why
    }))
  })
  if (test.sent === undefined) return failures
  const sent = decisions.filter((decision, at) => decision?.outcome === "forwarded" && silences[at] === null).length
  return sent === test.sent ? failures : [
    ...failures,
    { event: null, field: "sent", expected: test.sent, got: sent, why: `Alerts of ${events.length} events.` }
  ]
}

const outcomeOf = (
  { environment, handling, outcome, team }: Decision,
  rule: string | null,
  silence: string | null
): Outcome => ({
  outcome: silence === null ? outcome : "suppressed",
  rule,
  handling,
  team,
  environment,
  cause: silence !== null ? "silence" : outcome === "suppressed" ? "handling" : null,
  silence
})

const differences = (expected: Expectation, outcome: Outcome) =>
  compared.flatMap((field) => {
    const wanted = expected[field]
    return wanted === undefined || wanted === outcome[field]
      ? []
      : [{ field, wanted, got: outcome[field] }]
  })

/** In a file, rules have names in place of numbers. */
const reasonOf = ({ reason }: Decision, { rule, silence }: Outcome): string =>
  (rule === null ? reason : reason.replace(/^Rule \d+:/, `Rule ${rule}:`)) +
  (silence === null ? "" : ` Silence ${silence} holds it back.`)

/** Why the rule that was expected does not decide. */
const whyNot = (
  name: string | number | null,
  rules: RulesById,
  event: Event,
  decides: string | null
): string => {
  if (name === null) return ""
  const rule = [...rules.values()].find((rule) => rule.name === name)
  if (rule === undefined) return ` There is no rule ${name}.`
  if (!rule.isActive) return ` Rule ${rule.name} is not active.`
  const compiled = compileRule(rule)
  if ("field" in compiled) return ` Rule ${rule.name} cannot be used.`
  const against = mismatch(compiled, event) ?? `it matches too, but ${decides ?? "another rule"} comes before it`
  return ` Rule ${rule.name} does not decide: ${against}.`
}

/** One failure as a line: `event 0: outcome is suppressed, not forwarded. Rule link-down: …`. */
export const failureLine = ({ event, expected, field, got, why }: TestFailure): string =>
  `${event === null ? "" : `event ${event}: `}${field} is ${shown(got)}, expected ${shown(expected)}. ${why}`

const shown = (value: string | number | null): string => value === null ? "none" : String(value)

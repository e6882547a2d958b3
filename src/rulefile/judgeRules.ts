import { Result, Schema } from "effect"
import type { LintFinding } from "../domain/LintFinding.ts"
import { type FieldError, fieldErrors } from "../logic/fieldErrors.ts"
import { checkRules } from "./checkRules.ts"
import { lint } from "./lint.ts"
import { RuleTest, type TestedRules } from "./RuleFile.ts"
import { runRuleTests, type TestResult } from "./runRuleTests.ts"

/** What is to be judged. The tests are as somebody wrote them: any JSON. */
export type WantedRules = Omit<TestedRules, "tests"> & { readonly tests: ReadonlyArray<unknown> }

export interface Judgement {
  /** What cannot be used at all; then nothing else was looked at. */
  readonly errors: ReadonlyArray<FieldError>
  readonly findings: ReadonlyArray<LintFinding>
  readonly failedTests: ReadonlyArray<TestResult>
}

const decodeTest = Schema.decodeUnknownResult(RuleTest, { errors: "all", onExcessProperty: "error" })

/**
 * Judges rules before they are stored: can they be used, what does lint find, which tests fail? Pauses often.
 * `rulesMayLack`: as of `checkRules`.
 */
export function* judgeRules({ tests, ...rules }: WantedRules, rulesMayLack = false): Generator<void, Judgement> {
  const readable: Array<RuleTest> = []
  const unreadable: Array<FieldError> = []
  for (const [index, test] of tests.entries()) {
    if (index % 16 === 0) yield
    const decoded = decodeTest(test)
    if (Result.isSuccess(decoded)) readable.push(decoded.success)
    else unreadable.push(...fieldErrors(decoded.failure.issue).map((error) => below(`tests.${index}`, error)))
  }
  const errors = unreadable.length > 0 ? unreadable : yield* checkRules({ ...rules, tests: readable }, rulesMayLack)
  if (errors.length > 0) return { errors, findings: [], failedTests: [] }
  yield
  const findings = yield* lint(rules.rules)
  const results = yield* runRuleTests({ ...rules, tests: readable })
  return { errors, findings, failedTests: results.filter(({ failures }) => failures.length > 0) }
}

/** What lint and tests find, each by what it is about: the number of the rule, the name of the test. */
export interface Faults {
  readonly lint: ReadonlyMap<number, LintFinding>
  readonly tests: ReadonlyMap<string, TestResult>
}

/**
 * What refuses rules that are stored. Rules and tests that cannot be used at all are passed over: whoever changes
 * another one did not put them there.
 */
export function* faultsOf({ tests, ...rules }: WantedRules): Generator<void, Faults> {
  const ids = new Map(rules.rules.map(({ id, name }) => [name, id]))
  const findings = yield* lint(rules.rules)
  const readable: Array<RuleTest> = []
  for (const test of tests) {
    const decoded = decodeTest(test)
    if (Result.isFailure(decoded)) continue
    const errors = yield* checkRules({ ...rules, rules: [], tests: [decoded.success] }, true)
    if (errors.length === 0) readable.push(decoded.success)
  }
  const results = readable.length === 0 ? [] : yield* runRuleTests({ ...rules, tests: readable })
  return {
    lint: new Map(findings.filter(({ level }) => level === "error").map((one) => [ids.get(one.rule) ?? 0, one])),
    tests: new Map(results.filter(({ failures }) => failures.length > 0).map((one) => [one.name, one]))
  }
}

const below = (path: string, { field, message }: FieldError): FieldError => ({
  field: field === "" ? path : `${path}.${field}`,
  message
})

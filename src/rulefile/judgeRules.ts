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

/** Judges rules before they are stored: can they be used, what does lint find, which tests fail? Pauses often. */
export function* judgeRules({ tests, ...rules }: WantedRules): Generator<void, Judgement> {
  const readable: Array<RuleTest> = []
  const unreadable: Array<FieldError> = []
  for (const [index, test] of tests.entries()) {
    if (index % 16 === 0) yield
    const decoded = decodeTest(test)
    if (Result.isSuccess(decoded)) readable.push(decoded.success)
    else unreadable.push(...fieldErrors(decoded.failure.issue).map((error) => below(`tests.${index}`, error)))
  }
  const errors = unreadable.length > 0 ? unreadable : yield* checkRules({ ...rules, tests: readable })
  if (errors.length > 0) return { errors, findings: [], failedTests: [] }
  yield
  const findings = yield* lint(rules.rules)
  const results = yield* runRuleTests({ ...rules, tests: readable })
  return { errors, findings, failedTests: results.filter(({ failures }) => failures.length > 0) }
}

const below = (path: string, { field, message }: FieldError): FieldError => ({
  field: field === "" ? path : `${path}.${field}`,
  message
})

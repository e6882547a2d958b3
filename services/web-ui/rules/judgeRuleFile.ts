import { Effect, Result, Schema, Struct } from "effect"
import type { FieldError, Invalid } from "../../../src/api/shared/Problems.ts"
import { ruleColumns, type WantedRule } from "../../../src/domain/Rule.ts"
import type { FailedTest, LintFinding } from "../../../src/domain/RuleProblems.ts"
import type { RuleTest as StoredTest } from "../../../src/domain/RuleSetFile.ts"
import { fieldErrors } from "../../../src/logic/fieldErrors.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import { validateRule } from "../../../src/matching/validateRule.ts"
import { lint } from "../../../src/rulefile/lint.ts"
import { type NamedRule, RuleTest } from "../../../src/rulefile/RuleFile.ts"
import { runRuleTests } from "../../../src/rulefile/runRuleTests.ts"
import { invalid } from "./ruleCodec.ts"

/** Everything that rules would decide by: what the file says, and beside it what stays. */
export interface WantedRuleSet {
  readonly rules: ReadonlyArray<WantedRule>
  readonly developmentHosts: ReadonlyArray<string>
  readonly teams: ReadonlyArray<{ readonly hostname: string; readonly team: string }>
  readonly tests: ReadonlyArray<StoredTest>
}

export interface Judgement {
  /** Those of level `error` refuse the file, unless it is forced. */
  readonly findings: ReadonlyArray<LintFinding>
  /** So do these. */
  readonly failedTests: ReadonlyArray<FailedTest>
}

const decodeTest = Schema.decodeUnknownResult(
  Schema.fromJsonString(Schema.Struct(Struct.omit(RuleTest.fields, ["name"]))),
  { errors: "all", onExcessProperty: "error" }
)

/** All judgements share the turns, so that a large file delays other requests no more than a small one. */
const turns = new Turns()

/** Rules checked before the event loop gets its turn. */
const slice = 50

/**
 * Judges rules as somebody wants to store them. What cannot be stored or used fails, whoever forces it; the rest is for
 * the caller to weigh. `force` has no say here.
 */
export const judgeRuleFile = (wanted: WantedRuleSet): Effect.Effect<Judgement, Invalid> =>
  Effect.gen(function*() {
    const errors: Array<FieldError> = [
      ...doubled("rules", wanted.rules),
      ...doubled("tests", wanted.tests)
    ]
    for (const [index, rule] of wanted.rules.entries()) {
      if (index % slice === slice - 1) yield* Effect.yieldNow
      for (const { field, message } of validateRule(rule)) {
        errors.push({ field: `rules.${index}.${ruleColumns[field]}`, message })
      }
    }
    const tests: Array<RuleTest> = []
    for (const [index, { name, test }] of wanted.tests.entries()) {
      const decoded = decodeTest(test)
      if (Result.isSuccess(decoded)) tests.push({ ...decoded.success, name })
      else errors.push(...fieldErrors(decoded.failure.issue).map(below(`tests.${index}`)))
    }
    if (errors.length > 0) return yield* invalid(errors.slice(0, 20))
    return yield* turns.run(judge(wanted, tests))
  })

function* judge(
  { developmentHosts, rules, teams }: WantedRuleSet,
  tests: ReadonlyArray<RuleTest>
): Generator<void, Judgement> {
  const named = withIds(rules)
  const findings = yield* lint(named)
  const results = yield* runRuleTests({ rules: named, developmentHosts, deviceTeams: teams, tests })
  return { findings, failedTests: results.filter(({ failures }) => failures.length > 0) }
}

/** New rules get the numbers that the database will give them: of equal priorities, the older one decides. */
const withIds = (rules: ReadonlyArray<WantedRule & { readonly id?: number | undefined }>): ReadonlyArray<NamedRule> => {
  let next = rules.reduce((most, { id = 0 }) => Math.max(most, id), 0)
  return rules.map((rule, index) => ({ ...rule, id: rule.id ?? ++next, name: rule.name ?? `#${index + 1}` }))
}

const below = (path: string) => ({ field, message }: FieldError): FieldError => ({
  field: field === "" ? path : `${path}.${field}`,
  message
})

/** Names that come twice. */
const doubled = (
  list: string,
  named: ReadonlyArray<{ readonly name?: string | undefined }>
): ReadonlyArray<FieldError> => {
  const seen = new Map<string, number>()
  return named.flatMap(({ name }, index) => {
    if (name === undefined) return []
    const first = seen.get(name)
    if (first === undefined) seen.set(name, index)
    return first === undefined
      ? []
      : [{ field: `${list}.${index}.name`, message: `Is the name of ${list}.${first} too.` }]
  })
}

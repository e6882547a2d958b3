import { Effect } from "effect"
import type { FieldError, Invalid } from "../../../src/api/shared/Problems.ts"
import { ruleColumns, type WantedRule } from "../../../src/domain/Rule.ts"
import type { FailedTest, LintFinding } from "../../../src/domain/RuleProblems.ts"
import type { RuleTest } from "../../../src/domain/RuleSetFile.ts"
import { validateRule } from "../../../src/matching/validateRule.ts"
import { invalid } from "./ruleCodec.ts"

/** Everything that rules would decide by: what the file says, and beside it what stays. */
export interface WantedRuleSet {
  readonly rules: ReadonlyArray<WantedRule>
  readonly developmentHosts: ReadonlyArray<string>
  readonly teams: ReadonlyArray<{ readonly hostname: string; readonly team: string }>
  readonly tests: ReadonlyArray<RuleTest>
}

export interface Judgement {
  /** Those of level `error` refuse the file, unless it is forced. */
  readonly findings: ReadonlyArray<LintFinding>
  /** So do these. */
  readonly failedTests: ReadonlyArray<FailedTest>
}

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
    if (errors.length > 0) return yield* invalid(errors.slice(0, 20))
    return { findings: [], failedTests: [] }
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

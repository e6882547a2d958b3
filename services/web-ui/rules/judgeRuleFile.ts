import { Effect } from "effect"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { LintFinding } from "../../../src/domain/LintFinding.ts"
import type { WantedRule } from "../../../src/domain/Rule.ts"
import type { FailedTest } from "../../../src/domain/RuleProblems.ts"
import type { RuleTest } from "../../../src/domain/RuleSetFile.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import { judgeRules } from "../../../src/rulefile/judgeRules.ts"
import type { NamedRule } from "../../../src/rulefile/RuleFile.ts"
import { invalid } from "./ruleCodec.ts"

/** Everything that rules would decide by: what the file says, and beside it what stays. */
export interface WantedRuleSet {
  readonly rules: ReadonlyArray<WantedRule & { readonly id?: number | undefined }>
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

/** All judgements share the turns, so that a large file delays other requests no more than a small one. */
const turns = new Turns()

/**
 * Judges rules as somebody wants to store them. What cannot be stored or used fails, whoever forces it; the rest is for
 * the caller to weigh. `force` has no say here.
 */
export const judgeRuleFile = (
  { developmentHosts, rules, teams, tests }: WantedRuleSet
): Effect.Effect<Judgement, Invalid> =>
  Effect.gen(function*() {
    const { errors, ...judgement } = yield* turns.run(judgeRules({
      rules: withIds(rules),
      developmentHosts,
      deviceTeams: teams,
      tests: tests.map(testOf)
    }))
    return errors.length > 0 ? yield* invalid(errors.slice(0, 20)) : judgement
  })

/** A test as it was written. Its members are JSON, since they came as that. */
const testOf = ({ name, test }: RuleTest): unknown => {
  const members: unknown = JSON.parse(test)
  return typeof members === "object" ? { ...members, name } : members
}

/** New rules get the numbers that the database will give them: of equal priorities, the older one decides. */
export const withIds = (rules: WantedRuleSet["rules"]): ReadonlyArray<NamedRule> => {
  let next = rules.reduce((most, { id = 0 }) => Math.max(most, id), 0)
  return rules.map((rule, index) =>
    Object.assign({}, rule, { id: rule.id ?? ++next, name: rule.name ?? `#${index + 1}` })
  )
}

import { type Criteria, criterionOf, type RuleProblem } from "./CompiledRule.ts"

/**
 * What is wrong with a rule as somebody wants to save it; nothing when it can be used. Patterns are compiled as the
 * alerter will compile them, so what is saved works.
 */
export const validateRule = (rule: Criteria): ReadonlyArray<RuleProblem> => {
  const criterion = criterionOf(rule)
  return "field" in criterion ? [criterion] : []
}

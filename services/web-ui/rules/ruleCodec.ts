import { Effect, Struct } from "effect"
import { type FieldError, Invalid } from "../../../src/api/shared/Problems.ts"
import type { RuleView } from "../../../src/api/web-ui/Rules.ts"
import { ruleColumns, type RuleDraft, type StoredRule, storedRuleColumns } from "../../../src/domain/Rule.ts"
import { validateRule } from "../../../src/matching/validateRule.ts"

/** A rule as the API shows it. */
export const viewOf: (rule: StoredRule) => RuleView = Struct.renameKeys(storedRuleColumns)

/** Refuses a rule that the alerter cannot use, and names the field. */
export const usable = (draft: RuleDraft): Effect.Effect<RuleDraft, Invalid> => {
  const errors = validateRule(draft).map(({ field, message }): FieldError => ({ field: ruleColumns[field], message }))
  return errors.length === 0 ? Effect.succeed(draft) : Effect.fail(invalid(errors))
}

export const invalid = (errors: ReadonlyArray<FieldError>): Invalid =>
  new Invalid({ detail: errors.map(({ field, message }) => `${field} ${message}`.trim()).join("; "), errors })

import { Effect } from "effect"
import type { RuleDraft, StoredRule } from "../../../layers/rules/RuleRepository.ts"
import { type FieldError, Invalid } from "../../../src/api/shared/Problems.ts"
import type { RuleChanges, RuleInput, RuleView } from "../../../src/api/web-ui/Rules.ts"
import { validateRule } from "../../../src/matching/validateRule.ts"

export const viewOf = (rule: StoredRule): RuleView => ({
  id: rule.id,
  match_type: rule.matchType,
  match_string: rule.matchString,
  trap_oid: rule.trapOid,
  syslog_severity: rule.syslogSeverity,
  priority: rule.priority,
  prod_handling: rule.prodHandling,
  dev_handling: rule.devHandling,
  team_assignment: rule.teamAssignment,
  is_active: rule.isActive,
  created_at: rule.createdAt,
  updated_at: rule.updatedAt
})

export const draftOf = (input: RuleInput): RuleDraft => ({
  matchType: input.match_type,
  matchString: input.match_string,
  trapOid: input.trap_oid,
  syslogSeverity: input.syslog_severity,
  priority: input.priority,
  prodHandling: input.prod_handling,
  devHandling: input.dev_handling,
  teamAssignment: input.team_assignment,
  isActive: input.is_active
})

/** The rule as it shall be: `null` is a value, absence keeps what is there. */
export const changed = (rule: RuleDraft, changes: RuleChanges): RuleDraft => {
  const kept = <A>(change: A | undefined, present: A): A => (change === undefined ? present : change)
  return {
    matchType: kept(changes.match_type, rule.matchType),
    matchString: kept(changes.match_string, rule.matchString),
    trapOid: kept(changes.trap_oid, rule.trapOid),
    syslogSeverity: kept(changes.syslog_severity, rule.syslogSeverity),
    priority: kept(changes.priority, rule.priority),
    prodHandling: kept(changes.prod_handling, rule.prodHandling),
    devHandling: kept(changes.dev_handling, rule.devHandling),
    teamAssignment: kept(changes.team_assignment, rule.teamAssignment),
    isActive: kept(changes.is_active, rule.isActive)
  }
}

const wireNames = { matchString: "match_string", trapOid: "trap_oid" } as const

/** Passes a rule that the alerter can use; names the field of one that it cannot. */
export const usable = (draft: RuleDraft): Effect.Effect<RuleDraft, Invalid> => {
  const errors = validateRule(draft).map(({ field, message }): FieldError => ({ field: wireNames[field], message }))
  return errors.length === 0 ? Effect.succeed(draft) : Effect.fail(invalid(errors))
}

export const invalid = (errors: ReadonlyArray<FieldError>): Invalid =>
  new Invalid({ detail: errors.map(({ field, message }) => `${field} ${message}`.trim()).join("; "), errors })

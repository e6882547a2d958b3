import { Effect, Option } from "effect"
import type { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"

/** The name of the rule that decided about an event, as it was then. */
export const ruleNameOf = (
  { ruleSetAt }: Pick<RuleRepository["Service"], "ruleSetAt">,
  { matched_rule_id, rules_version }: Pick<EventAuditEntry, "matched_rule_id" | "rules_version">
): Effect.Effect<string | null> =>
  matched_rule_id === null || rules_version === null
    ? Effect.succeed(null)
    : Effect.map(Effect.option(ruleSetAt(rules_version)), (set) =>
      Option.match(set, {
        onNone: () => null,
        onSome: ({ rules }) => rules.find(({ id }) => id === matched_rule_id)?.name ?? null
      }))

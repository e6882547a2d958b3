import type { EventExplanation } from "../../../../../src/api/web-ui/Events.ts"
import type { Verdict } from "../../../../../src/api/web-ui/Rules.ts"

/** One part of a decision, as it was and as it would be today. */
export interface Compared {
  readonly part: string
  readonly was: string
  readonly is: string
  readonly differs: boolean
}

const ruleName = (rule: { readonly name: string; readonly id: number } | null): string =>
  rule === null ? "none" : `${rule.name} (${rule.id})`

const words = (value: string | null): string => value === null ? "none" : value.replaceAll("_", " ")

/**
 * Lays the decision of then beside the one of today's rules. Silences are no part of it: what a silence held back is
 * compared as what its rule says.
 */
export const compareDecisions = (
  { event, rules }: Pick<EventExplanation, "event" | "rules">,
  { environment, handling, outcome, rule, team }: Verdict
): ReadonlyArray<Compared> => {
  const decider = event.matched_rule_id === null
    ? null
    : { id: event.matched_rule_id, name: rules?.decided_by?.name ?? "rule" }
  const line = (part: string, was: string, is: string, same = was === is): Compared => ({
    part,
    was,
    is,
    differs: !same
  })
  const silenced = event.cause === "silence"
  return [
    line(
      "Outcome",
      silenced ? "suppressed by a silence" : event.outcome,
      outcome,
      silenced ? outcome === "forwarded" : event.outcome === outcome
    ),
    line("Rule", ruleName(decider), ruleName(rule), decider?.id === rule?.id),
    line("Handling", words(event.handling_decision), words(handling)),
    line("Team", event.team_assignment, team),
    line("Environment", event.environment, environment)
  ]
}

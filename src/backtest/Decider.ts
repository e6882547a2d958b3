import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import { canaryDecision } from "../matching/canaryDecision.ts"
import type { Policy } from "../matching/Policy.ts"

/** What is compared of a decision. */
export type Decided = Omit<Decision, "reason">

/** Says of an event what the alerter would do, by some rules, and what those are called. */
export interface Decider {
  readonly decide: (event: Event) => Decided
  /** The same, with pauses in between: for long messages. */
  readonly decideSlowly: (event: Event) => Generator<void, Decided>
  readonly ruleName: (id: number) => string
}

/** Decides as the alerter does: the canary first, then the rules. */
export const deciderOf = (
  policy: Policy,
  rules: ReadonlyArray<{ readonly id: number; readonly name: string }>
): Decider => ({
  decide: (event) => canaryDecision(event) ?? policy.decide(event),
  *decideSlowly(event) {
    return canaryDecision(event) ?? (yield* policy.decideSlowly(event))
  },
  ruleName: nameOfRule(rules)
})

/** A rule that is not among these was deleted since. */
export const nameOfRule = (
  rules: ReadonlyArray<{ readonly id: number; readonly name: string }>
): (id: number) => string => {
  const names = new Map(rules.map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? `deleted rule ${id}`
}

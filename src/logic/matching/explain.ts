import type { Rule } from "../../domain/Rule.ts"
import { compileRule, type Matchable, mismatch, whyOf } from "./CompiledRule.ts"
import type { Match } from "./Matcher.ts"
import { byPriority } from "./ranks.ts"

/** Which rule decides about an event, and why no other one does. */
export interface Explanation {
  readonly match: Match | undefined
  /** The other active rules in their order, with why each does not decide; as many as asked for. */
  readonly others: ReadonlyArray<Match>
  /** Active rules beyond those. */
  readonly omitted: number
}

/** Asks rule by rule; for people who test rules, not for the stream. */
export const explain = (rules: ReadonlyArray<Rule>, event: Matchable, most = 100): Explanation => {
  let match: Match | undefined
  const others: Array<Match> = []
  const active = rules.filter((rule) => rule.isActive).sort(byPriority)
  for (const rule of active) {
    if (match !== undefined && others.length >= most) break
    const compiled = compileRule(rule)
    const against = "field" in compiled
      ? `it cannot be used: ${compiled.field} ${compiled.message}`
      : mismatch(compiled, event)
    if (against === undefined && match === undefined && "criterion" in compiled) {
      match = { rule, why: whyOf(compiled, event.tag !== undefined) }
    } else if (others.length < most) {
      others.push({ rule, why: against ?? `it matches too, but ${first(match)} comes before it` })
    }
  }
  return { match, others, omitted: active.length - others.length - (match === undefined ? 0 : 1) }
}

const first = (match: Match | undefined) =>
  match === undefined ? "another rule" : `rule ${match.rule.id} (priority ${match.rule.priority})`

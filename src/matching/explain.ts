import type { Rule } from "../domain/Rule.ts"
import { compileRule, type Matchable, mismatch } from "./CompiledRule.ts"
import type { Match, Matcher } from "./Matcher.ts"
import { byPriority } from "./ranks.ts"

/** Why no other rule decides about an event. */
export interface Explanation {
  /** The other active rules in their order, with why each does not decide; as many as asked for. */
  readonly others: ReadonlyArray<Match>
  /** Active rules beyond those. */
  readonly omitted: number
}

export interface ExplainOptions {
  /** Other rules that are explained. */
  readonly most?: number
  /** Asked before each rule: is it enough? */
  readonly isEnough?: () => boolean
}

/**
 * Asks rule by rule, with a pause before each; for people who test rules, not for the stream. `match` is what the
 * matcher found.
 */
export function* explain(
  rules: ReadonlyArray<Rule>,
  matcher: Matcher,
  match: Match | undefined,
  event: Matchable,
  { isEnough = () => false, most = 100 }: ExplainOptions = {}
): Generator<void, Explanation> {
  const others: Array<Match> = []
  const active = rules.filter((rule) => rule.isActive).sort(byPriority)
  for (const rule of active) {
    if (others.length >= most || isEnough()) break
    if (rule.id === match?.rule.id) continue
    yield
    const compiled = compileRule(rule, matcher.patterns)
    const against = "field" in compiled
      ? `it cannot be used: ${compiled.field} ${compiled.message}`
      : mismatch(compiled, event)
    others.push({ rule, why: against ?? `it matches too, but ${first(match)} comes before it` })
  }
  return { others, omitted: active.length - others.length - (match === undefined ? 0 : 1) }
}

const first = (match: Match | undefined) =>
  match === undefined ? "another rule" : `rule ${match.rule.id} (priority ${match.rule.priority})`

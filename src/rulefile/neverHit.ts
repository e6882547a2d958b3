import type { LintFinding } from "../domain/LintFinding.ts"
import type { HitsSince } from "../domain/RuleHits.ts"
import type { NamedRule } from "./RuleFile.ts"

/** Days without a match after which a rule is told of. */
export const neverHitDays = 30

/** A rule that is there, and when it was changed last, RFC 3339. */
export interface RuleThere {
  readonly id: number
  readonly updatedAt: string
}

/**
 * Corrects what a sample says of rules that match nothing by what was counted since `from` (RFC 3339): a rule that
 * decided is no such rule, and one that decided nothing in all that time is one whatever the sample holds. Of rules that
 * are new, or were changed since, only the sample is known.
 */
export const neverHit = (
  findings: ReadonlyArray<LintFinding>,
  rules: ReadonlyArray<NamedRule>,
  there: ReadonlyArray<RuleThere>,
  hits: HitsSince,
  from: string
): ReadonlyArray<LintFinding> => {
  const hit = new Set(hits.rules.filter(({ lastHit }) => lastHit >= from).map(({ ruleId }) => ruleId))
  const old = hits.countedSince === null || hits.countedSince > from
    ? new Set<number>()
    : new Set(there.filter(({ updatedAt }) => updatedAt < from).map(({ id }) => id))
  const byName = new Map(rules.map((rule) => [rule.name, rule]))
  const certain = new Set(findings.filter(({ level }) => level === "error").map(({ rule }) => rule))
  const counted = rules
    .filter(({ id, isActive, name }) => isActive && old.has(id) && !hit.has(id) && !certain.has(name))
  const told = new Set(counted.map(({ name }) => name))
  return [
    ...findings.filter(({ code, rule }) =>
      code !== "never_hit" || !(told.has(rule) || hit.has(byName.get(rule)?.id ?? 0))
    ),
    ...counted.map(({ id, name }): LintFinding => {
      const last = hits.rules.find(({ ruleId }) => ruleId === id)?.lastHit
      return {
        code: "never_hit",
        level: "warn",
        rule: name,
        other: null,
        message: `Rule ${name} has decided nothing in ${neverHitDays} days.`,
        proof: last === undefined ? "no hit is counted" : `its last hit was at ${last}`
      }
    })
  ]
}

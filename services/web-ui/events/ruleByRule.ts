import type { Event } from "../../../src/domain/Event.ts"
import type { StoredRule } from "../../../src/domain/Rule.ts"
import { compileRule, mismatch, whyOf } from "../../../src/matching/CompiledRule.ts"
import { byPriority } from "../../../src/matching/ranks.ts"

interface OtherRule {
  readonly rule_id: number
  readonly name: string
  readonly priority: number
  readonly why: string
}

/** What each rule says of an event. */
export interface RuleByRule {
  readonly decided_by: OtherRule | null
  readonly before: ReadonlyArray<OtherRule>
  readonly also_match: ReadonlyArray<OtherRule>
  readonly omitted: number
}

/** Rules before the one that decided that are named; the nearest. */
const mostNamed = 100

/** Holds an event against the rules one by one, in their order, with a pause before each. */
export function* ruleByRule(
  rules: ReadonlyArray<StoredRule>,
  event: Event,
  decider: number | null,
  isEnough: () => boolean
): Generator<void, RuleByRule> {
  const ordered = rules.filter((rule) => rule.isActive).sort(byPriority)
  const before: Array<OtherRule> = []
  const also: Array<OtherRule> = []
  let decided: OtherRule | null = null
  let looked = 0
  for (const rule of ordered) {
    if (isEnough()) break
    yield
    looked++
    const { against, why } = held(rule, event)
    if (rule.id === decider) decided = other(rule, why)
    else if (decided === null) before.push(other(rule, against ?? "it matches too"))
    else if (against === undefined && also.length < mostNamed) also.push(other(rule, why))
  }
  return {
    decided_by: decided,
    before: before.slice(-mostNamed),
    also_match: also,
    omitted: ordered.length - looked + Math.max(0, before.length - mostNamed)
  }
}

const other = ({ id, name, priority }: StoredRule, why: string): OtherRule => ({ rule_id: id, name, priority, why })

/** Compiles the rules, with a pause before each, so that who asks about an event first waits no longer than others. */
export function* compileAhead(rules: ReadonlyArray<StoredRule>): Generator<void, void> {
  for (const rule of rules) {
    if (!rule.isActive) continue
    yield
    compiledOf(rule)
  }
}

/** Rules of a version are kept for a while; each is compiled when it is first asked for. */
const compiledRules = new WeakMap<StoredRule, ReturnType<typeof compileRule>>()
const compiledOf = (rule: StoredRule): ReturnType<typeof compileRule> => {
  const known = compiledRules.get(rule)
  if (known !== undefined) return known
  const compiled = compileRule(rule)
  compiledRules.set(rule, compiled)
  return compiled
}

const held = (rule: StoredRule, event: Event): { readonly against: string | undefined; readonly why: string } => {
  const compiled = compiledOf(rule)
  return "field" in compiled
    ? { against: `it cannot be used: ${compiled.field} ${compiled.message}`, why: "" }
    : { against: mismatch(compiled, event), why: whyOf(compiled, event.tag !== undefined) }
}

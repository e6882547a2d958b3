import type { Rule } from "../domain/Rule.ts"
import { type CompiledRule, compileRule, lineOf, type Matchable } from "./CompiledRule.ts"
import { foldText } from "./fold.ts"
import { buildScanner } from "./LiteralScanner.ts"
import { matchesEither, type Pattern } from "./Pattern.ts"
import { byPriority } from "./ranks.ts"
import { weight } from "./requiredLiterals.ts"

/** Says of an event which rules match it, not only which one decides. */
export interface AllMatches {
  /** The usable active rules in their order. */
  readonly rules: ReadonlyArray<Rule>
  /** Places of the rules that match, ascending. The first decides. */
  readonly of: (event: Matchable) => ReadonlyArray<number>
}

/** Compiles the active rules, with pauses. For lint and comparisons; the stream asks `Matcher`. */
export function* allMatches(rules: ReadonlyArray<Rule>): Generator<void, AllMatches> {
  const compiled: Array<CompiledRule> = []
  for (const [index, rule] of rules.filter(({ isActive }) => isActive).toSorted(byPriority).entries()) {
    if (index % 4 === 0) yield
    const made = compileRule(rule)
    if (!("field" in made)) compiled.push(made)
  }

  /** Places by the text that must be there; the patterns that require none by themselves. */
  const byText = new Map<string, Array<number>>()
  const noteText = (text: string, rank: number) => byText.set(text, [...byText.get(text) ?? [], rank])
  const always: Array<number> = []
  const exact = new Map<string, Array<number>>()
  const oids = new Map<string, Array<number>>()
  const patterns = new Map<number, Pattern>()
  for (const [rank, { criterion }] of compiled.entries()) {
    if (criterion._tag === "contains") noteText(criterion.literal, rank)
    else if (criterion._tag === "exact") exact.set(criterion.literal, [...exact.get(criterion.literal) ?? [], rank])
    else if (criterion._tag === "oid_prefix") oids.set(criterion.prefix, [...oids.get(criterion.prefix) ?? [], rank])
    else {
      patterns.set(rank, criterion.pattern)
      const [clause] = criterion.pattern.required.toSorted((a, b) => weight(b) - weight(a))
      if (clause === undefined) always.push(rank)
      else for (const text of clause) noteText(text, rank)
    }
  }
  const texts = [...byText.values()]
  const { hits, scan } = yield* buildScanner([...byText.keys()])

  const of: AllMatches["of"] = (event) => {
    const line = lineOf(event)
    const found = new Set<number>(always)
    const count = scan(line)
    for (let i = 0; i < count; i++) for (const rank of texts[hits[i]!]!) found.add(rank)
    if (exact.size > 0) {
      for (const text of [event.message, line]) {
        for (const rank of exact.get(foldText(text.trim())) ?? []) found.add(rank)
      }
    }
    if (event.trapOid !== undefined && oids.size > 0) {
      const arcs = event.trapOid.split(".")
      for (let i = 1; i <= arcs.length; i++) {
        for (const rank of oids.get(arcs.slice(0, i).join(".")) ?? []) found.add(rank)
      }
    }
    return [...found].filter((rank) => {
      const { rule } = compiled[rank]!
      if (rule.syslogSeverity !== null && rule.syslogSeverity !== event.severity) return false
      const pattern = patterns.get(rank)
      return pattern === undefined || matchesEither(pattern, event.message, line)
    }).sort((a, b) => a - b)
  }

  return { rules: compiled.map(({ rule }) => rule), of }
}

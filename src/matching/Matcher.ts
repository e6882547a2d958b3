import type { Rule } from "../domain/Rule.ts"
import {
  type CompiledRule,
  compileRule,
  type KnownPatterns,
  lineOf,
  type Matchable,
  type RuleProblem,
  whyOf
} from "./CompiledRule.ts"
import { oidTrie } from "./OidTrie.ts"
import { isAskedTwice, matchesEither, type Pattern } from "./Pattern.ts"
import { byPriority, columnOf, noRank, noRanks, note, noteIn, type Ranks } from "./ranks.ts"
import { buildTextIndex } from "./TextIndex.ts"

/** The rule that decides, and what it asked for. */
export interface Match {
  readonly rule: Rule
  readonly why: string
}

/**
 * The active rules of one version, compiled. Immutable to its users.
 *
 * The first rule by priority, then by id, that matches decides. What "matches" means is `mismatch`; this finds the same
 * without asking rule by rule.
 */
export interface Matcher {
  readonly match: (event: Matchable) => Match | undefined
  /** The same, with a pause before each look of a pattern: for long messages, where every pattern takes its time. */
  readonly matchSlowly: (event: Matchable) => Generator<void, Match | undefined>
  /** Rules in use. */
  readonly size: number
  /** Instructions of the largest pattern. */
  readonly largestPattern: number
  /** Rules that cannot be used, with why. They match nothing. */
  readonly problems: ReadonlyArray<RuleProblem & { readonly ruleId: number }>
  /** For the next matcher, so that it need not compile them again. */
  readonly patterns: KnownPatterns
}

/** Rules that are compiled between two pauses: most take a fraction of a millisecond, an unkind pattern up to 8. */
const atOnce = 4

/**
 * Compiles the active rules. Yields after each slice of the work, a few milliseconds, so that others may run in
 * between. `known` are the patterns of the matcher before.
 */
export function* buildMatcher(
  rules: ReadonlyArray<Rule>,
  known: KnownPatterns = new Map()
): Generator<void, Matcher> {
  const compiled: Array<CompiledRule> = []
  const problems: Array<RuleProblem & { readonly ruleId: number }> = []
  const contains = new Map<string, Ranks>()
  const exact = new Map<string, Ranks>()
  const oids = new Map<string, Ranks>()
  const patterns = new Map<string, { readonly pattern: Pattern; readonly ranks: Ranks }>()

  const ordered = rules.filter((rule) => rule.isActive).sort(byPriority)
  for (const [index, rule] of ordered.entries()) {
    if (index % atOnce === atOnce - 1) yield
    const made = compileRule(rule, known)
    if ("field" in made) {
      problems.push({ ...made, ruleId: rule.id })
      continue
    }
    const rank = compiled.push(made) - 1
    const { criterion } = made
    if (criterion._tag === "contains") noteIn(contains, criterion.literal, rank, rule)
    else if (criterion._tag === "exact") noteIn(exact, criterion.literal, rank, rule)
    else if (criterion._tag === "oid_prefix") noteIn(oids, criterion.prefix, rank, rule)
    else {
      const entry = patterns.get(criterion.pattern.source) ?? { pattern: criterion.pattern, ranks: noRanks() }
      note(entry.ranks, rank, rule)
      patterns.set(criterion.pattern.source, entry)
    }
  }

  const patternAt: Array<Pattern> = []
  for (const { pattern, ranks } of patterns.values()) {
    for (const rank of ranks) if (rank !== noRank) patternAt[rank] = pattern
  }
  const trie = oidTrie(oids)
  const text = yield* buildTextIndex({ contains, exact, patterns })
  const matches = compiled.map((one): Match => ({ rule: one.rule, why: whyOf(one, false) }))
  const taggedMatches: Array<Match> = []
  const matchAt = (rank: number, event: Matchable): Match | undefined => {
    const one = compiled[rank]
    if (event.tag === undefined || one === undefined) return matches[rank]
    return taggedMatches[rank] ??= { rule: one.rule, why: whyOf(one, true) }
  }

  const search = (event: Matchable, line: string, open: Array<number>): number => {
    const column = columnOf(event)
    const best = event.trapOid === undefined ? noRank : trie.least(event.trapOid, column)
    return text.search(event.message, line, column, best, open)
  }

  const scratch: Array<number> = []
  const match = (event: Matchable): Match | undefined => {
    const line = lineOf(event)
    const best = search(event, line, scratch)
    for (let i = 0; i < scratch.length; i++) {
      const rank = scratch[i]!
      if (rank !== scratch[i - 1] && matchesEither(patternAt[rank]!, event.message, line)) return matchAt(rank, event)
    }
    return matchAt(best, event)
  }

  function* matchSlowly(event: Matchable): Generator<void, Match | undefined> {
    const open: Array<number> = []
    const line = lineOf(event)
    const best = search(event, line, open)
    for (const rank of new Set(open)) {
      yield
      const pattern = patternAt[rank]!
      if (pattern.test(line)) return matchAt(rank, event)
      if (!isAskedTwice(pattern, event.message, line)) continue
      yield
      if (pattern.test(event.message)) return matchAt(rank, event)
    }
    return matchAt(best, event)
  }

  return {
    match,
    matchSlowly,
    size: matches.length,
    largestPattern: patternAt.reduce((most, { size }) => Math.max(most, size), 0),
    problems,
    patterns: new Map(Array.from(patterns, ([source, { pattern }]) => [source, pattern]))
  }
}

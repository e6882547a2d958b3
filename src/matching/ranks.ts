import type { Rule } from "../domain/Rule.ts"
import type { Matchable } from "./CompiledRule.ts"

/** The first rule by ascending priority decides, among equal priorities the older one. */
export const byPriority = (a: Rule, b: Rule): number => a.priority - b.priority || a.id - b.id

/**
 * Of all rules that ask for one thing (a text, a pattern, an OID): the place in the order of the first one that an
 * event of each severity may match. A column for each severity and, last, one for events without; `noRank` where there
 * is none.
 */
export type Ranks = Int32Array

export const columns = 9
export const noRank = 0x7fffffff

export const columnOf = (event: Matchable): number => event.severity ?? columns - 1

export const noRanks = (): Ranks => new Int32Array(columns).fill(noRank)

/** Notes that `rule`, at place `rank`, asks for this too. */
export const note = (ranks: Ranks, rank: number, rule: Rule): Ranks => {
  for (let column = 0; column < columns; column++) {
    if (rule.syslogSeverity === null || rule.syslogSeverity === column) ranks[column] = Math.min(rank, ranks[column]!)
  }
  return ranks
}

/** Ranks by what is asked for. */
export const noteIn = (kept: Map<string, Ranks>, key: string, rank: number, rule: Rule) =>
  kept.set(key, note(kept.get(key) ?? noRanks(), rank, rule))

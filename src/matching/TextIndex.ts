import { foldText } from "./fold.ts"
import { buildScanner } from "./LiteralScanner.ts"
import type { Pattern } from "./Pattern.ts"
import { groupPatterns } from "./PatternGroup.ts"
import { columns, noRank, noRanks, type Ranks } from "./ranks.ts"
import { type Clause, weight } from "./requiredLiterals.ts"

/** Rules on the message and its line, by what they ask for. Texts are folded, patterns by source. */
interface TextRules {
  readonly contains: ReadonlyMap<string, Ranks>
  readonly exact: ReadonlyMap<string, Ranks>
  readonly patterns: ReadonlyMap<string, { readonly pattern: Pattern; readonly ranks: Ranks }>
}

export interface TextIndex {
  /**
   * The least rank below `best` whose text the message or its line holds or is, else `best`. Into `open` go, sorted,
   * the ranks below that whose pattern may match: all that can, few that cannot. `line` is the message with its tag
   * before it; without a tag, the message.
   */
  readonly search: (message: string, line: string, column: number, best: number, open: Array<number>) => number
}

/** A pattern that runs only once a text of its key clause and one of each of `others` was seen. */
interface Candidate {
  readonly ranks: Ranks
  readonly others: ReadonlyArray<ReadonlyArray<number>>
}

/**
 * One pass over the line, which ends in the message, finds the texts of `contains` rules and those without which a
 * pattern cannot match.
 */
export function* buildTextIndex({ contains, exact, patterns }: TextRules): Generator<void, TextIndex> {
  const numbers = new Map<string, number>()
  const numberOf = (text: string) => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  const held: Array<Ranks> = []
  for (const [text, ranks] of contains) held[numberOf(text)] = ranks

  const candidates: Array<Array<Candidate>> = []
  const always: Array<Pattern> = []
  const crowd = crowding(patterns)
  for (const { pattern, ranks } of patterns.values()) {
    // The clause that the fewest other patterns share is the one that tells most.
    const [key, ...others] = pattern.required.toSorted((a, b) => crowd(a) - crowd(b) || weight(b) - weight(a))
    if (key === undefined) always.push(pattern)
    else {
      const entry = { ranks, others: others.map((clause) => clause.map(numberOf)) }
      for (const text of key) (candidates[numberOf(text)] ??= []).push(entry)
    }
  }
  yield
  const { hits, scan, seen } = yield* buildScanner([...numbers.keys()])
  const nowhere = noRanks()
  for (let number = 0; number < numbers.size; number++) {
    held[number] ??= nowhere
    candidates[number] ??= []
  }
  const groups = groupPatterns(always).map((group) => ({
    mayMatch: group.mayMatch,
    ranks: Array.from(
      { length: columns },
      (_, column) =>
        group.patterns.map(({ source }) => patterns.get(source)!.ranks[column]!).filter((rank) => rank !== noRank)
    )
  }))
  const lengths = new Set(Array.from(exact.keys(), (text) => text.length))

  const allSeen = (clauses: Candidate["others"]) => {
    for (const clause of clauses) if (!clause.some(seen)) return false
    return true
  }

  const isExactly = (text: string, column: number): number => {
    const trimmed = text.trim()
    return lengths.has(trimmed.length) ? exact.get(foldText(trimmed))?.[column] ?? noRank : noRank
  }

  const search: TextIndex["search"] = (message, line, column, known, open) => {
    let best = known
    if (lengths.size > 0) {
      best = Math.min(best, isExactly(message, column))
      if (line.length > message.length) best = Math.min(best, isExactly(line, column))
    }
    const found = scan(line)
    for (let i = 0; i < found; i++) best = Math.min(best, held[hits[i]!]![column]!)
    open.length = 0
    for (let i = 0; i < found; i++) {
      const entries = candidates[hits[i]!]!
      for (let entry = 0; entry < entries.length; entry++) {
        const { others, ranks } = entries[entry]!
        if (ranks[column]! < best && allSeen(others)) open.push(ranks[column]!)
      }
    }
    for (let group = 0; group < groups.length; group++) {
      const { mayMatch, ranks } = groups[group]!
      const before = open.length
      const all = ranks[column]!
      for (let i = 0; i < all.length; i++) if (all[i]! < best) open.push(all[i]!)
      // One that is asked alone is asked only once.
      if (open.length > before + 1 && !mayMatch(message, line)) open.length = before
    }
    if (open.length > 1) open.sort((a, b) => a - b)
    return best
  }

  return { search }
}

const crowding = (patterns: TextRules["patterns"]) => {
  const users = new Map<string, number>()
  for (const { pattern } of patterns.values()) {
    for (const text of pattern.required.flat()) users.set(text, (users.get(text) ?? 0) + 1)
  }
  return (clause: Clause) => clause.reduce((sum, text) => sum + (users.get(text) ?? 0), 0)
}

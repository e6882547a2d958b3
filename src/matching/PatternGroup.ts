import { compileRegex, type Pattern, patternLimits } from "./Pattern.ts"
import { rangeWidth } from "./rangeWidth.ts"

/**
 * Patterns that nothing can rule out in advance, asked all at once. Most texts match none of them, and one automaton
 * says so in the time that one pattern takes.
 */
export interface PatternGroup {
  readonly patterns: ReadonlyArray<Pattern>
  /**
   * `false` when none of them matches the message or its line; `true` says nothing. Without a tag the line is the
   * message.
   */
  readonly mayMatch: (message: string, line?: string) => boolean
}

const limits = {
  /** Instructions of all patterns of a group. The more, the more states a text may need. */
  instructions: 300,
  /**
   * Characters of a text beyond which it is left to the patterns: an unkind text of that length may cost a few
   * milliseconds.
   */
  text: 4_096,
  /** Bytes of states kept for a group. */
  memory: 1_048_576,
  /**
   * Times the states may be thrown away before the group gives up: its automaton would then be slower than its
   * patterns.
   */
  resets: 16
} as const

/** Parts the patterns into groups, in the order given. */
export const groupPatterns = (patterns: ReadonlyArray<Pattern>): ReadonlyArray<PatternGroup> => {
  const groups: Array<Array<Pattern>> = []
  let [instructions, ranges] = [Infinity, 0]
  for (const pattern of patterns) {
    const width = rangeWidth(pattern.source)
    if (instructions + pattern.size > limits.instructions || ranges + width > patternLimits.ranges) {
      groups.push([])
      instructions = ranges = 0
    }
    groups.at(-1)?.push(pattern)
    instructions += pattern.size
    ranges += width
  }
  return groups.map(groupOf)
}

const anyText = () => true
const noText = () => false

const groupOf = (patterns: ReadonlyArray<Pattern>): PatternGroup => {
  if (patterns.length < 2) return { patterns, mayMatch: anyText }
  const all = automatonOf(patterns)
  const anchored = automatonOf(patterns.filter((pattern) => pattern.anchored))
  return {
    patterns,
    mayMatch: (message, line = message) => all(line) || line.length > message.length && anchored(message)
  }
}

const automatonOf = (patterns: ReadonlyArray<Pattern>): (text: string) => boolean => {
  if (patterns.length === 0) return noText
  const regex = compileRegex(patterns.map(({ source }) => `(?:${source})`).join("|"), limits.memory)
  // Two patterns that name their groups alike cannot stand in one expression, and an open \Q would take in what
  // follows.
  if (typeof regex === "string" || patterns.some(({ source }) => source.includes("\\Q"))) return anyText
  const { dfa } = regex.re2()
  let states = 0
  let resets = 0

  return (text) => {
    if (resets > limits.resets || text.length > limits.text) return true
    const found = regex.test(text)
    if (dfa.stateCount < states) resets++
    states = dfa.stateCount
    return found
  }
}

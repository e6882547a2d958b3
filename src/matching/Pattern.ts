import { RE2JS, RE2JSException } from "re2js"
import { foldText } from "./fold.ts"
import { nfaSearch } from "./nfaSearch.ts"
import { rangeWidth } from "./rangeWidth.ts"
import { type Clause, requiredLiterals } from "./requiredLiterals.ts"

/**
 * A regular expression of a rule: searched anywhere, case aside, in time linear in the text whatever pattern and text
 * are.
 */
export interface Pattern {
  readonly source: string
  readonly test: (text: string) => boolean
  /** Instructions. */
  readonly size: number
  /** Characters it looks at, from the start of the text. All of them, but for a large pattern and a long text. */
  readonly reach: number
  /** May it matter that a tag stands before a text? If not, what matches a message matches its line. */
  readonly anchored: boolean
  /** What every text it matches holds, folded; see `requiredLiterals`. */
  readonly required: ReadonlyArray<Clause>
}

export const patternLimits = {
  /** Instructions of a compiled pattern. */
  instructions: 1000,
  /**
   * Characters of all its ranges; see `rangeWidth`. Compiling takes up to 8 ms then; the first look of a pattern
   * compiles it.
   */
  ranges: 260_000,
  /**
   * Instructions times characters. Whatever the pattern and the text are, one of these takes at most some 12 ns, which
   * keeps one look of a pattern at a text below 50 ms (`npm run bench -- --only slow-patterns` searches for the worst).
   * Patterns of up to 43 instructions see the longest message whole, those of up to 347 see 8,192 characters.
   */
  work: 2_850_000,
  /**
   * Bytes of states the engine may keep for one pattern; its own default of 8 MB is for a program with few patterns.
   */
  memory: 262_144
} as const

/**
 * Whatever may be an anchor; a `^` that excludes characters is taken for one too, which costs a second test and no
 * match. `\b` is none: tags end in a colon, a bracket or a blank, and behind those a word begins as it does at the
 * start of a text.
 */
const anchor = /\^|\\A/

/** Can the message match where its line, which is the message with its tag before it, does not? */
export const isAskedTwice = (pattern: Pattern, message: string, line: string): boolean =>
  line.length > message.length && (pattern.anchored || line.length > pattern.reach)

/** Does the pattern match a message, or its line? */
export const matchesEither = (pattern: Pattern, message: string, line: string): boolean =>
  pattern.test(line) || isAskedTwice(pattern, message, line) && pattern.test(message)

/**
 * The pattern, or what is wrong with it, in words that follow the name of the field. Ready to run only once it has to:
 * most patterns of a rule book never do, and each would hold some 13 KB.
 */
export const compilePattern = (source: string): Pattern | string => {
  const width = rangeWidth(source)
  if (width > patternLimits.ranges) {
    return `is too large a pattern: its ranges hold ${width} characters, ${patternLimits.ranges} at most`
  }
  const checked = parseRegex(source)
  if (typeof checked === "string") return checked
  const size = checked.programSize()
  if (size > patternLimits.instructions) {
    return `is too large a pattern: ${size} instructions, ${patternLimits.instructions} at most`
  }
  const reach = Math.floor(patternLimits.work / size)
  let regex: RE2JS | undefined
  return {
    source,
    size,
    reach,
    test: (text) => {
      regex ??= limited(RE2JS.compile(source, RE2JS.CASE_INSENSITIVE), patternLimits.memory)
      return regex.test(text.length > reach ? text.slice(0, reach) : text)
    },
    anchored: anchor.test(source),
    required: requiredLiterals(source).map((clause) => Array.from(new Set(clause.map(foldText))))
  }
}

/** Keeps at most `memory` bytes of states. */
export const compileRegex = (source: string, memory: number): RE2JS | string => {
  const regex = parseRegex(source)
  return typeof regex === "string" ? regex : limited(regex, memory)
}

/**
 * The engine's automaton makes a state for each set of ways that a text opens. When those that `memory` holds are too
 * few, it would make them again and again; instead the text is searched following all ways at once, and the next text
 * finds the memory empty.
 */
const limited = (regex: RE2JS, memory: number): RE2JS => {
  const { dfa } = regex.re2()
  dfa.maxMem = dfa.memBudget = dfa.stateBudget = memory
  dfa.stepOrReset = dfa.step
  const match = dfa.match.bind(dfa)
  let search: ((text: string) => boolean) | undefined
  dfa.match = (input: { readonly charSequence: string }, from, anchor) => {
    const found = match(input, from, anchor)
    if (found !== null) return found
    dfa.clearCache()
    search ??= nfaSearch(regex)
    return search(input.charSequence)
  }
  return regex
}

const parseRegex = (source: string): RE2JS | string => {
  try {
    return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE)
  } catch (error) {
    if (error instanceof RE2JSException) return `is not a pattern the engine takes: ${error.message}`
    throw error
  }
}

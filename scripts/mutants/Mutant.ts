/** One small fault put into a source file. */
export interface Mutant {
  readonly start: number
  readonly end: number
  /** What stands between `start` and `end` instead. */
  readonly replacement: string
  readonly operator: string
  /** It is in a script of Redis or a statement of PostgreSQL, which no type looks into. */
  readonly inText: boolean
}

/** A mutant as a person reads it. */
export interface Described {
  readonly file: string
  readonly line: number
  /** The first line that it changes, without its indentation. */
  readonly at: string
  readonly before: string
  readonly after: string
}

export const mutated = (source: string, { end, replacement, start }: Mutant): string =>
  source.slice(0, start) + replacement + source.slice(end)

const short = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > 100 ? `${line.slice(0, 97)}...` : line
}

export const describeMutant = (file: string, source: string, mutant: Mutant): Described => {
  const first = source.lastIndexOf("\n", mutant.start - 1) + 1
  const ending = source.indexOf("\n", mutant.start)
  return {
    file,
    line: source.slice(0, mutant.start).split("\n").length,
    at: source.slice(first, ending < 0 ? source.length : ending).trim(),
    before: short(source.slice(mutant.start, mutant.end)),
    after: short(mutant.replacement)
  }
}

/** One more; twice as much where one more says nothing, as with a size in bytes. */
export const another = (number: number): string => String(number > 100 ? 2 * number : number + 1)

import { closeBracket, comma, isJsonSpace, skipJsonSpace } from "../characters.ts"
import { type Doubts, parseJson, shortText } from "./jsonText.ts"
import { ValueScan } from "./ValueScan.ts"

/** Characters of records that are parsed at once. */
const chunk = 16_384
/** Characters that are read in one step. */
const stretch = 65_536
/** Where a chunk may end: between two records, or two lists. */
const between = /[}\]]\s{0,8},\s{0,8}[{[]/

/**
 * Reads the values of a long array, a chunk at a time. It guesses where a chunk ends, and the guess is right when the
 * chunk parses as an array. Only where that fails does it search for the end of each value.
 */
export class ArrayReader {
  /** Behind what was read. */
  at: number
  /** `broken`: what stands at `at` is no value, or none that ends. */
  state: "open" | "closed" | "broken" = "open"
  /** Characters that the values took which were given last. */
  length = 0
  readonly #text: string
  readonly #doubts: Doubts
  /** No guess before this position: the last one failed. */
  #guessFrom: number
  #scan: ValueScan | undefined

  /** `from` is where the bracket opens. */
  constructor(text: string, from: number, doubts: Doubts) {
    this.#text = text
    this.#doubts = doubts
    this.at = from + 1
    this.#guessFrom = from
  }

  /** The next values, or one that is long, not parsed. `undefined` asks for another call while the state is `open`. */
  next(): ReadonlyArray<unknown> | ValueScan | undefined {
    if (this.#scan !== undefined) return this.#one(this.#scan)
    const at = skipJsonSpace(this.#text, this.at, stretch)
    this.at = at
    if (isJsonSpace(this.#text.charCodeAt(at))) return undefined
    if (this.#text.charCodeAt(at) === closeBracket) {
      this.at++
      this.state = "closed"
      return undefined
    }
    return (at >= this.#guessFrom ? this.#guess(at) : undefined) ?? this.#one(new ValueScan(this.#text, at))
  }

  /** The long value that was given last can't be read. */
  refuse({ from }: ValueScan): void {
    this.at = from
    this.state = "broken"
  }

  #guess(at: number): ReadonlyArray<unknown> | undefined {
    const text = this.#text
    const found = between.exec(text.slice(at + chunk, at + shortText))
    this.#guessFrom = at + shortText
    if (found === null) return undefined
    const to = at + chunk + found.index + 1
    this.#guessFrom = to
    try {
      const values: unknown = JSON.parse(`[${text.slice(at, to)}]`)
      if (!Array.isArray(values)) return undefined
      this.#ends(at, to)
      return values
    } catch {
      return undefined
    }
  }

  #one(scan: ValueScan): ReadonlyArray<unknown> | ValueScan | undefined {
    if (!scan.step(stretch)) {
      this.#scan = scan
      return undefined
    }
    this.#scan = undefined
    const { end, from } = scan
    if (end === undefined || end === from) {
      this.state = "broken"
      return undefined
    }
    if (end - from > shortText) {
      this.#ends(from, end)
      return scan
    }
    const piece = parseJson(this.#text.slice(from, end), this.#doubts)
    if (piece.ok) {
      this.#ends(from, end)
      return [piece.value]
    }
    this.state = "broken"
    return undefined
  }

  /** Behind a value stands a comma or the end of the array. */
  #ends(from: number, end: number): void {
    this.length = end - from
    this.at = skipJsonSpace(this.#text, end, stretch)
    const code = this.#text.charCodeAt(this.at)
    if (code === comma) this.at++
    else if (code !== closeBracket) this.state = "broken"
  }
}

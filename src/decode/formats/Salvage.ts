import { closeBrace, closeBracket, comma, isJsonSpace, openBrace, openBracket, quote } from "../characters.ts"
import { type Broken, type Doubts, parseJson, type Piece, shortText, unreadable } from "./jsonText.ts"
import { ValueScan } from "./ValueScan.ts"

/** After so many broken pieces the rest of a text is one broken piece. */
const brokenLimit = 1_000
/** Characters that are read in one step. */
const stretch = 65_536

/**
 * Finds the values in a text that is not JSON as a whole: objects back to back, an array with a bad element or without
 * an end. A value that cannot be read ends at the next `{"` that may start a record, and is given as broken. Each
 * character is read a bounded number of times.
 */
export class Salvage {
  readonly #text: string
  readonly #doubts: Doubts
  #at: number
  #budget: number
  #broken = 0
  #scan: ValueScan | undefined
  /** What can't be read begins at `#at`; the next start is looked for from here on. */
  #search: number | undefined
  #before = 0
  #reason: Broken["reason"] = "not_json"
  #cut = false

  constructor(text: string, from: number, doubts: Doubts) {
    this.#text = text
    this.#at = from
    this.#doubts = doubts
    this.#budget = text.length * 4 + 1024
  }

  /** The next piece; a long value is not parsed. `"more"` asks for another call, `undefined` is the end. */
  next(): Piece | ValueScan | "more" | undefined {
    if (this.#search !== undefined) return this.#searchOn()
    const scan = this.#scan ?? this.#begin()
    if (!(scan instanceof ValueScan)) return scan
    this.#scan = undefined
    if (this.#budget > 0 && !scan.step(stretch)) {
      this.#scan = scan
      return "more"
    }
    const { end } = scan
    this.#budget -= (end ?? this.#text.length) - this.#at
    this.#cut = end === undefined
    if (end === undefined || end === this.#at) return this.#passOver("not_json")
    if (end - this.#at > shortText) {
      this.#at = end
      return scan
    }
    const piece = parseJson(this.#text.slice(this.#at, end), this.#doubts)
    if (!piece.ok) return this.#passOver(piece.reason)
    this.#at = end
    return piece
  }

  /** The long value that was given last can't be read: it goes on inside it. */
  refuse({ from }: ValueScan): void {
    this.#at = from
    this.#fails("not_json")
  }

  #begin(): ValueScan | "more" | undefined {
    const at = skip(this.#text, this.#at, this.#at + stretch)
    this.#at = at
    if (at >= this.#text.length) return undefined
    return isSkipped(this.#text.charCodeAt(at)) ? "more" : new ValueScan(this.#text, at)
  }

  #passOver(reason: Broken["reason"]): Piece | "more" {
    this.#fails(reason)
    return this.#searchOn()
  }

  #fails(reason: Broken["reason"]): void {
    if (++this.#broken >= brokenLimit) this.#budget = 0
    this.#reason = reason
    this.#search = this.#at + 1
    this.#before = 0
  }

  /** The next `{` before a `"` and after a `}`, a comma or a line end: where a record may start again. */
  #searchOn(): Piece | "more" {
    const text = this.#text
    let at = this.#budget > 0 ? this.#search ?? 0 : text.length
    const until = Math.min(text.length, at + stretch)
    for (; at < until; at++) {
      const code = text.charCodeAt(at)
      const before = this.#before
      if (code === openBrace && (before === closeBrace || before === comma || before === 10)) {
        if (opensRecord(text, at + 1)) break
      }
      if (code === 10 || code > 32) this.#before = code
    }
    if (at === until && at < text.length) {
      this.#search = at
      return "more"
    }
    const detail = this.#cut && at === text.length ? "The record is cut off." : unreadable
    const raw = text.slice(this.#at, at).trim()
    this.#at = at
    this.#search = undefined
    return { ok: false, reason: this.#reason, detail, raw }
  }
}

/** White space, commas, record separators, and the brackets of the array around the records. */
const isSkipped = (code: number): boolean =>
  isJsonSpace(code) || code === comma || code === openBracket || code === closeBracket || code === 30

const skip = (text: string, from: number, until: number): number => {
  let at = from
  while (at < until && isSkipped(text.charCodeAt(at))) at++
  return at
}

const opensRecord = (text: string, from: number): boolean => {
  const end = Math.min(text.length, from + 16)
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code > 32) return code === quote
  }
  return false
}

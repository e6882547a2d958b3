import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  endOfDigits,
  isDigit,
  openBrace,
  openBracket,
  quote,
  skipJsonSpace
} from "../characters.ts"

/** What is wrong with a text that should be one JSON value. */
export type JsonFault =
  | { readonly fault: "not_json"; readonly at: number }
  | { readonly fault: "too_deep" }
  | { readonly fault: "too_many_values" }

interface JsonLimits {
  readonly depth: number
  readonly values: number
}

/**
 * Checks that a text is one JSON value, without parsing and without recursion. `JSON.parse` makes an error of a broken
 * text and keeps 40 bytes for each open bracket. Control characters inside strings pass: `parseJson` escapes them
 * later. Measured, 90 characters without their closing brace: 5,600 ns until `JSON.parse` throws, 415 ns here (best of
 * nine runs, Node 24).
 */
export const checkJson = (text: string, { depth: deepest, values: most }: JsonLimits): JsonFault | undefined => {
  /** For each open bracket: is it one of an object? */
  const open: Array<boolean> = []
  let at = skipJsonSpace(text, 0)
  let values = 0
  for (;;) {
    // A value begins at `at`.
    const code = text.charCodeAt(at)
    if (++values > most) return { fault: "too_many_values" }
    if (code === openBrace || code === openBracket) {
      if (open.length >= deepest) return { fault: "too_deep" }
      const object = code === openBrace
      at = skipJsonSpace(text, at + 1)
      if (text.charCodeAt(at) !== (object ? closeBrace : closeBracket)) {
        open.push(object)
        const value = object ? endOfName(text, at) : at
        if (value < 0) return { fault: "not_json", at: ~value }
        at = value
        continue
      }
      at++
    } else {
      const end = code === quote ? endOfString(text, at) : endOfScalar(text, at)
      if (end < 0) return { fault: "not_json", at: ~end }
      at = end
    }
    // A value ended at `at`.
    for (;;) {
      at = skipJsonSpace(text, at)
      const object = open.at(-1)
      if (object === undefined) return at === text.length ? undefined : { fault: "not_json", at }
      const next = text.charCodeAt(at)
      if (next === comma) {
        at = skipJsonSpace(text, at + 1)
        const value = object ? endOfName(text, at) : at
        if (value < 0) return { fault: "not_json", at: ~value }
        at = value
        break
      }
      if (next !== (object ? closeBrace : closeBracket)) return { fault: "not_json", at }
      open.pop()
      at++
    }
  }
}

// Each of these gives where what it reads ends, or `~at` when it is broken at `at`.

/** Reads a name and its colon, up to where the value begins. */
const endOfName = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== quote) return ~at
  const end = endOfString(text, at)
  if (end < 0) return end
  const mark = skipJsonSpace(text, end)
  return text.charCodeAt(mark) === colon ? skipJsonSpace(text, mark + 1) : ~mark
}

const endOfString = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at + 1
    if (code !== backslash) continue
    at++
    if (text.charCodeAt(at) === 117) {
      for (let i = 1; i <= 4; i++) if (!isHex(text.charCodeAt(at + i))) return ~at
      at += 4
    } else if (!escapes.has(text.charCodeAt(at))) return ~at
  }
  return ~text.length
}

const escapes: ReadonlySet<number> = new Set(Array.from("\"\\/bfnrt", (character) => character.charCodeAt(0)))

const isHex = (code: number): boolean => isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)

const endOfScalar = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (code === 116) return text.startsWith("true", at) ? at + 4 : ~at
  if (code === 102) return text.startsWith("false", at) ? at + 5 : ~at
  if (code === 110) return text.startsWith("null", at) ? at + 4 : ~at
  return endOfNumber(text, code === 45 ? at + 1 : at)
}

const endOfNumber = (text: string, from: number): number => {
  const whole = someDigits(text, from)
  if (whole < 0) return whole
  if (text.charCodeAt(from) === 48 && whole > from + 1) return ~from
  const end = text.charCodeAt(whole) === 46 ? someDigits(text, whole + 1) : whole
  if (end < 0 || (text.charCodeAt(end) | 32) !== 101) return end
  const sign = text.charCodeAt(end + 1)
  return someDigits(text, sign === 43 || sign === 45 ? end + 2 : end + 1)
}

const someDigits = (text: string, from: number): number => {
  const end = endOfDigits(text, from)
  return end === from ? ~end : end
}

/** One piece of a body: a value, or text that could not be read. */
export type Piece =
  | { readonly ok: true; readonly value: unknown; readonly raw: string | undefined }
  | { readonly ok: false; readonly reason: "not_json" | "too_deep"; readonly detail: string; readonly raw: string }

/** Longer texts are not mended, only taken apart. */
const mendable = 1_048_576
/** Texts up to this length are parsed without a look at their nesting: `JSON.parse` needs 40 bytes of memory for each open bracket. */
const shallow = 65_536
const nesting = 64
/** Broken pieces of one text; beyond, it is not worth taking apart. */
const brokenLimit = 1_000

/** Says what `JSON.parse` says, as a value. Control characters inside strings, which some shippers leave raw, are read as if escaped. */
export const parseJson = (text: string): Piece => {
  if (text.length > shallow && nestsBeyond(text, nesting)) {
    return { ok: false, reason: "too_deep", raw: text, detail: `Nested deeper than ${nesting} levels.` }
  }
  try {
    return { ok: true, value: JSON.parse(text), raw: text }
  } catch (cause) {
    const mended = text.length <= mendable ? escapeControls(text) : text
    if (mended === text) return broken(text, cause)
    try {
      return { ok: true, value: JSON.parse(mended), raw: text }
    } catch {
      return broken(text, cause)
    }
  }
}

/**
 * The values of a text that is not JSON as a whole but holds some: objects back to back, an array with a bad element or
 * without an end. A value that cannot be read is passed over up to the next `{"` that may start a record, and kept as such.
 *
 * Reads each character a bounded number of times and gives up after a number of broken pieces, whatever the text: then the rest
 * is one broken piece.
 */
export function* salvageJson(text: string): Generator<Piece> {
  let budget = text.length * 4 + 1024
  let failures = 0
  let at = skip(text, 0)
  while (at < text.length) {
    if (failures++ >= brokenLimit) budget = 0
    const end = budget > 0 ? endOfValue(text, at) : undefined
    budget -= (end ?? text.length) - at
    const piece = end === undefined ? undefined : parseJson(text.slice(at, end))
    if (end !== undefined && piece?.ok === true) {
      failures--
      yield piece
      at = skip(text, end)
      continue
    }
    const next = budget > 0 ? nextStart(text, at + 1) : text.length
    yield {
      ok: false,
      reason: piece?.ok === false ? piece.reason : "not_json",
      raw: text.slice(at, next).trim(),
      detail: end === undefined && next === text.length ? "The record is cut off." : "Not readable as JSON."
    }
    at = skip(text, next)
  }
}

const broken = (raw: string, cause: unknown): Piece => ({
  ok: false,
  reason: "not_json",
  raw,
  detail: cause instanceof Error ? cause.message.slice(0, 200) : "Not readable as JSON."
})

const quote = 34
const comma = 44
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

const escapeControls = (text: string): string => {
  let result = ""
  let from = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) inString = !inString
    else if (code === backslash && inString) i++
    else if (code < 32 && inString) {
      result += `${text.slice(from, i)}\\u${code.toString(16).padStart(4, "0")}`
      from = i + 1
    }
  }
  return from === 0 ? text : result + text.slice(from)
}

/** Over white space, commas, record separators, and the brackets of the array around the records. */
const skip = (text: string, from: number): number => {
  let at = from
  while (at < text.length && " \t\r\n,[]\u001e".includes(text.charAt(at))) at++
  return at
}

/** Where the value that starts at `from` ends; `undefined` when the text ends first. */
const endOfValue = (text: string, from: number): number | undefined => {
  let depth = 0
  let inString = false
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) inString = !inString
    else if (inString) { if (code === backslash) i++ }
    else if (code === openBrace || code === openBracket) depth++
    else if (code === closeBrace || code === closeBracket) {
      depth--
      if (depth <= 0) return depth === 0 ? i + 1 : i
    } else if (depth === 0 && (code === comma || code === 10)) return i
  }
  return undefined
}

const nestsBeyond = (text: string, limit: number): boolean => {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) inString = !inString
    else if (inString) { if (code === backslash) i++ }
    else if (code === openBrace || code === openBracket) {
      depth++
      if (depth > limit) return true
    } else if (code === closeBrace || code === closeBracket) depth--
  }
  return false
}

/** The next `{` before a `"` and after a `}`, a comma or a line end: where a record may start again. */
const nextStart = (text: string, from: number): number => {
  let before = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === openBrace && (before === closeBrace || before === comma || before === 10)) {
      if (opensRecord(text, i + 1)) return i
    }
    if (code === 10 || code > 32) before = code
  }
  return text.length
}

const opensRecord = (text: string, from: number): boolean => {
  const end = Math.min(text.length, from + 16)
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code > 32) return code === quote
  }
  return false
}

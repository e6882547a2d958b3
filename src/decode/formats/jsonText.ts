import { budgetLimits } from "../Budget.ts"
import { backslash, quote } from "../characters.ts"
import { checkJson, type JsonFault } from "./jsonCheck.ts"

/** One piece of a body: a value, or text that is not JSON. */
export type Piece =
  | { readonly ok: true; readonly value: unknown; readonly raw: string | undefined }
  | Broken

export interface Broken {
  readonly ok: false
  readonly reason: "not_json" | "too_deep" | "record_too_large"
  readonly detail: string
  readonly raw: string
}

/** How many pieces of a body were broken so far. */
export interface Doubts {
  broken: number
}

/** Control characters of longer texts are not escaped. */
const mendable = 1_048_576
/** Texts up to this length are parsed at once; longer ones are split, or checked before they are parsed. */
export const shortText = 32_768
const nesting = 64
/** After so many broken pieces, checking before parsing is cheaper than the errors of `JSON.parse`. */
const trust = 4

const limits = { depth: nesting, values: budgetLimits.values }
const shortLimits = { depth: nesting, values: Infinity }

/**
 * Parses JSON and gives errors as values. `JSON.parse` reads what is short and whole. Beside it: `checkJson` finds the
 * fault of a text that is long or comes after broken ones, `ValueScan` the end of a value without parsing it, a slice
 * at a time; `ArrayReader` reads a long array by both, and `Salvage` the values of a broken text.
 *
 * Control characters inside strings, which some shippers leave raw, are read as if escaped.
 */
export const parseJson = (text: string, doubts: Doubts): Piece => {
  const long = text.length > shortText
  if (long || doubts.broken > trust) {
    const fault = checkJson(text, long ? limits : shortLimits)
    if (fault !== undefined) return brokenBy(fault, text)
  }
  try {
    return { ok: true, value: JSON.parse(text), raw: text }
  } catch (cause) {
    doubts.broken++
    const mended = text.length <= mendable ? escapeControls(text) : text
    if (mended === text) return broken(text, cause)
    try {
      return { ok: true, value: JSON.parse(mended), raw: text }
    } catch {
      return broken(text, cause)
    }
  }
}

export const unreadable = "Not readable as JSON."

const broken = (raw: string, cause: unknown): Broken => ({
  ok: false,
  reason: "not_json",
  raw,
  detail: cause instanceof Error ? cause.message : unreadable
})

const brokenBy = (found: JsonFault, raw: string): Broken => {
  if (found.fault === "too_deep") {
    return { ok: false, reason: "too_deep", raw, detail: `Nested deeper than ${nesting} levels.` }
  }
  if (found.fault === "too_many_values") {
    return { ok: false, reason: "record_too_large", raw, detail: `A record may hold ${budgetLimits.values} values.` }
  }
  return { ok: false, reason: "not_json", raw, detail: `Not readable as JSON from character ${found.at + 1} on.` }
}

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

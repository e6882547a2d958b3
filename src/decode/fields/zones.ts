import { endOfMatch, isCapital, isDigit, isLetter, matchAt } from "../characters.ts"

/** What a time says of its zone. `offset` is milliseconds east of UTC; `undefined` when it says nothing. */
interface WrittenZone {
  readonly offset: number | undefined
  /** Milliseconds that a 12-hour clock, and a fraction after its AM or PM, add to the time. */
  readonly shift: number
  readonly end: number
  /** Was it a 12-hour clock, which shows local time? */
  readonly twelve: boolean
}

const hour = 3_600_000
const offsetForm = /(?:(?:UTC|GMT)(?=[+-]\d))?([+-])(\d{1,2})(?::?([0-5]\d))?(?!\w|[:.]\d)/y
const named = /(UTC|GMT|UCT|Z|CES?T)(?![\w+-])/y
/** Only these abbreviations mean the same on all continents. */
const unambiguous: ReadonlyMap<string, number> = new Map([["CET", 3_600_000], ["CEST", 7_200_000]])
const meridiem = / ?([AaPp])\.?[Mm]\.?(?:\.(\d{1,9}))?(?![\w])/y

/**
 * Reads the zone behind a time that ends at `from`: `Z`, `+08:00` with or without a blank, `UTC`, `UTC+1`, and AM or PM
 * before it. `written` is the time, of which a 12-hour clock needs the hour.
 */
export const readZoneAfter = (text: string, from: number, written: number): WrittenZone | undefined => {
  const half = mayBeMeridiem(text, from) ? readMeridiem(text, from, written) : undefined
  const at = half?.end ?? from
  const shift = half?.shift ?? 0
  const blank = text.charCodeAt(at) === 32
  const start = blank ? at + 1 : at
  const first = text.charCodeAt(start)
  const found = beginsZone(first) ? readOffset(text, start, first, blank) : undefined
  if (found !== undefined) return { ...found, shift, twelve: half !== undefined }
  return half === undefined ? undefined : { offset: undefined, shift, end: at, twelve: true }
}

const readOffset = (
  text: string,
  at: number,
  first: number,
  blank: boolean
): { readonly offset: number; readonly end: number } | undefined => {
  // A small `z` counts only directly behind the time: a host may begin with it.
  if (first === 122) return blank || isWord(text.charCodeAt(at + 1)) ? undefined : { offset: 0, end: at + 1 }
  const name = matchAt(named, text, at)?.[1]
  if (name !== undefined) return { offset: unambiguous.get(name) ?? 0, end: named.lastIndex }
  const match = matchAt(offsetForm, text, at)
  if (match === null) return undefined
  const [, sign, hours = "", minutes = "0"] = match
  if (hours.length < 2 && first !== 85 && first !== 71) return undefined
  const offset = Number(hours) * hour + Number(minutes) * 60_000
  return offset > 18 * hour ? undefined : { offset: sign === "-" ? -offset : offset, end: offsetForm.lastIndex }
}

const readMeridiem = (text: string, from: number, written: number): { shift: number; end: number } | undefined => {
  const match = matchAt(meridiem, text, from)
  if (match === null) return undefined
  const hours = Math.floor((written % (24 * hour)) / hour)
  if (hours > 12) return undefined
  const afternoon = match[1] === "P" || match[1] === "p"
  const shift = hours === 12 ? (afternoon ? 0 : -12 * hour) : afternoon ? 12 * hour : 0
  const fraction = match[2] === undefined ? 0 : Number(match[2].slice(0, 3).padEnd(3, "0"))
  return { shift: shift + fraction, end: meridiem.lastIndex }
}

const mayBeMeridiem = (text: string, from: number): boolean => {
  const at = text.charCodeAt(from) === 32 ? from + 1 : from
  const first = text.charCodeAt(at) | 32
  return (first === 97 || first === 112) && ((text.charCodeAt(at + 1) | 32) === 109 || text.charCodeAt(at + 1) === 46)
}

/** One of `+-ZzUGC`. */
const beginsZone = (code: number): boolean =>
  code === 43 || code === 45 || code === 90 || code === 122 || code === 85 || code === 71 || code === 67

const isWord = (code: number): boolean => isDigit(code) || isLetter(code)

/** Abbreviations of zones. What most of them mean depends on the continent, so they only show that there is a zone. */
const abbreviations: ReadonlySet<string> = new Set(
  ("UTC GMT UCT WET WEST CET CEST MET MEST EET EEST MSK MSD BST IST EST EDT CST CDT MST MDT PST PDT AKST AKDT HST AST ADT NST "
    + "NDT BRT BRST ART CLT CLST COT PET VET AEST AEDT ACST ACDT AWST NZST NZDT JST KST HKT SGT PHT WIB ICT PKT GST SAST "
    + "EAT WAT CAT IDT TRT SST ChST").split(" ")
)

/** Is the word from `from` to `to` the abbreviation of a zone, in capitals? */
export const isZone = (text: string, from: number, to: number): boolean =>
  to - from >= 3 && to - from <= 4 && isCapital(text.charCodeAt(from + 1)) && abbreviations.has(text.slice(from, to))

const colonZone = / ([A-Za-z][A-Za-z_/]{1,31}(?:[+-]\d{1,2}(?::?\d\d)?)?)(?= {0,2}:(?: |$))/y

/** Where a zone by any name ends that stands between a blank and a colon; `undefined` when none does. */
export const zoneBeforeColon = (text: string, from: number): number | undefined => endOfMatch(colonZone, text, from)

/** Milliseconds east of UTC of a zone that stands for itself: `+0000`, `UTC+8:00`, `(GMT-5:00)Eastern Time`. */
export const readOffsetText = (text: string): number | undefined => {
  const bare = /^\(([^()]{1,16})\)/.exec(text)?.[1] ?? text
  const found = readOffset(bare, 0, bare.charCodeAt(0), false)
  return found?.end === bare.length ? found.offset : undefined
}

import { isSeverityName } from "../../domain/Severity.ts"
import { colon, isDigit, isLetter, matchAt, openBracket, space, tab } from "../characters.ts"
import { facilityNames } from "./facility.ts"
import { cleanAddress } from "./text.ts"
import { isZone } from "./zones.ts"

/** A word that may be a host, and where the text goes on behind the blanks after it. */
export interface HostWord {
  readonly name: string
  readonly end: number
  /** Did a colon follow the name without a blank? */
  readonly colon: boolean
  /** Are there more parts than one? */
  readonly comma: boolean
}

const limit = 255

/**
 * Reads the word at `from` as the name or address of a host. A number, a time, a level, a facility with a level, a
 * zone, and a word in brackets that is no address are never hosts.
 */
export const readHostWord = (line: string, from: number): HostWord | undefined => {
  const first = line.charCodeAt(from)
  if (first === openBracket) return readBracketed(line, from)
  if (!isLetter(first) && !isDigit(first)) return undefined
  let to = from + 1
  let seen = first < 128 ? kinds[first] ?? 0 : 0
  for (let kind = kindAt(line, to); kind !== 0; kind = kindAt(line, ++to)) seen |= kind
  const next = line.charCodeAt(to)
  if (next !== space && next !== tab || to - from > limit + 1) return undefined
  const end = skipBlanks(line, to)
  const hasColon = line.charCodeAt(to - 1) === colon
  if (hasColon) to--
  if (isDigit(first) && isNumber(line, from, to) || isZone(line, from, to)) return undefined
  const name = line.slice(from, to)
  if (to - from > limit || mayBeLevel(seen) && isLevel(name)) return undefined
  return { name, end, colon: hasColon, comma: (seen & kindOf.comma) !== 0 }
}

/** What a character of a host is. */
const kindOf = { letter: 1, dot: 2, digit: 4, colon: 8, comma: 16, other: 32 } as const

const marks: ReadonlyMap<string, number> = new Map([
  [".", kindOf.dot],
  [":", kindOf.colon],
  [",", kindOf.comma],
  ...[..."-_%@/"].map((mark): [string, number] => [mark, kindOf.other])
])

/** The kind of each character that a host name may have, by its code; 0 for all others. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  if (isLetter(code)) return kindOf.letter
  if (isDigit(code)) return kindOf.digit
  return marks.get(String.fromCharCode(code)) ?? 0
})

const kindAt = (line: string, at: number): number => {
  const code = line.charCodeAt(at)
  return code < 128 ? kinds[code] ?? 0 : 0
}

/** A level consists of letters; digits and a dot come with a facility before it. */
const mayBeLevel = (seen: number): boolean =>
  (seen & (kindOf.other | kindOf.comma)) === 0 && ((seen & kindOf.digit) === 0 || (seen & kindOf.dot) !== 0)

const readBracketed = (line: string, from: number): HostWord | undefined => {
  const to = line.indexOf("]", from)
  if (to < 0 || to - from > 48 || line.charCodeAt(to + 1) !== space) return undefined
  const name = cleanAddress(line.slice(from, to + 1))
  return name === undefined ? undefined : { name, end: skipBlanks(line, to + 1), colon: false, comma: false }
}

/** A number, a time or a share of one: digits with colons, dots or commas that are no address. */
const isNumber = (line: string, from: number, to: number): boolean => {
  let dots = 0
  let colons = 0
  for (let at = from; at < to; at++) {
    const code = line.charCodeAt(at)
    if (code === 46) dots++
    else if (code === colon) colons++
    else if (!isDigit(code) && code !== 44 && code !== 45 && code !== 47) return false
  }
  return dots !== 3 && colons !== 7 && !line.slice(from, to).includes("::")
}

/** Is the word a number, a time, a level or a zone, which no device is called? */
export const isNoHost = (word: string): boolean =>
  isNumber(word, 0, word.length) || isZone(word, 0, word.length) || isLevel(word)

const facilities: ReadonlySet<string> = new Set<string>([...facilityNames, "security"])

/** `info`, or `user.info`. */
const isLevel = (name: string): boolean => {
  if (name.length <= 13 && isSeverityName(name)) return true
  const dot = name.indexOf(".")
  return dot > 0 && name.length <= 22 && facilities.has(name.slice(0, dot).toLowerCase())
    && isSeverityName(name.slice(dot + 1))
}

/** Where the text goes on behind `user.info ` and the like at `from`. */
export const skipFacilityLevel = (line: string, from: number): number => {
  const match = matchAt(facilityLevel, line, from)
  return match !== null && isLevel(match[1] ?? "") ? facilityLevel.lastIndex : from
}

const facilityLevel = /([a-z]{2,8}\d?\.[a-z]{3,13}) +/y

/** No header has so many blanks; a line may consist of nothing else, and is read from many positions. */
const mostBlanks = 1_024

export const skipBlanks = (line: string, from: number): number => {
  const most = from + mostBlanks
  let at = from
  for (let code = line.charCodeAt(at); (code === space || code === tab) && at < most; code = line.charCodeAt(at)) at++
  return at
}

import { eventLimits } from "../../domain/Event.ts"
import { budgetLimits } from "../Budget.ts"
import { backslash, closeBracket, equals, openBracket, quote, space } from "../characters.ts"
import { setField } from "../fields/normalizeFields.ts"

/** Structured data of RFC 5424, as far as it keeps to the grammar. */
interface StructuredData {
  readonly elements: ReadonlyArray<readonly [string, unknown]>
  readonly end: number
  /** `false` when something that began as an element was left to the message. */
  readonly whole: boolean
  /** Elements and parameters beyond the limits. */
  readonly dropped: number
}

type Element = readonly [string, unknown]

const none: ReadonlyArray<Element> = []
const longestName = 64

/**
 * Reads structured data at `start`. What breaks the grammar is left to the message. Measured, one element with three
 * parameters: 974 ns with patterns, 530 ns here (64 different texts, best of nine runs, Node 24).
 */
export const readStructuredData = (line: string, start: number): StructuredData => {
  if (line.charCodeAt(start) === 45) return { elements: none, end: start + 1, whole: true, dropped: 0 }
  if (line.charCodeAt(start) !== openBracket) return { elements: none, end: start, whole: true, dropped: 0 }
  const elements: Array<Element> = []
  const count = { read: 0, dropped: 0 }
  let end = start
  while (line.charCodeAt(end) === openBracket) {
    const to = readElement(line, end, elements, count)
    if (to < 0) return { elements, end, whole: false, dropped: count.dropped }
    end = to
  }
  return { elements, end, whole: true, dropped: count.dropped }
}

/** Reads `[id name="value" …]`; where it ends, or -1 when it breaks the grammar. */
const readElement = (
  line: string,
  from: number,
  elements: Array<Element>,
  count: { read: number; dropped: number }
): number => {
  const id = endOfName(line, from + 1)
  if (id < 0) return -1
  const values: Record<string, string> = {}
  let { dropped, read } = count
  let at = id
  for (;;) {
    const name = skipSpaces(line, at)
    if (line.charCodeAt(name) === closeBracket) {
      if (elements.length < eventLimits.fields) elements.push([line.slice(from + 1, id), values])
      else dropped++
      count.dropped = dropped
      count.read = read
      return name + 1
    }
    const mark = name === at ? -1 : endOfName(line, name)
    if (mark < 0 || line.charCodeAt(mark) !== equals || line.charCodeAt(mark + 1) !== quote) return -1
    const end = endOfValue(line, mark + 2)
    if (end < 0) return -1
    if (read++ < budgetLimits.parameters) setField(values, line.slice(name, mark), unescape(line.slice(mark + 2, end)))
    else dropped++
    at = end + 1
  }
}

/** Where the name ends; -1 when there is none, or one that is too long. */
const endOfName = (line: string, from: number): number => {
  let at = from
  while (isOfName(line.charCodeAt(at)) && at - from <= longestName) at++
  return at === from || at - from > longestName ? -1 : at
}

/** Where the quote closes; -1 when it does not. */
const endOfValue = (line: string, from: number): number => {
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return -1
}

const unescape = (value: string): string => value.includes("\\") ? value.replace(/\\(["\\\]])/g, "$1") : value

const skipSpaces = (line: string, from: number): number => {
  let at = from
  while (line.charCodeAt(at) === space) at++
  return at
}

/** Anything but white space, `=`, `]` and `"`. */
const isOfName = (code: number): boolean =>
  code > space
    ? code !== equals && code !== closeBracket && code !== quote &&
      (code < 128 || !blank.test(String.fromCharCode(code)))
    : !(code === space || code >= 9 && code <= 13) && code >= 0

const blank = /\s/

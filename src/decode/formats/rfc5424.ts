import { dash, openBracket, space } from "../characters.ts"
import { readHostWord } from "../fields/hosts.ts"
import { readStamp, type Stamp, unreadStamp } from "../fields/stamp.ts"
import { isVendorTag } from "../fields/tags.ts"
import { readStructuredData } from "./structuredData.ts"
import type { SyslogParts } from "./SyslogParts.ts"

/**
 * Most characters of HOSTNAME, APP-NAME, PROCID and MSGID; the first three are those of devices that take more than
 * they may.
 */
const limits = { hostname: 255, program: 64, procid: 128, msgid: 64, time: 49 }

/**
 * Reads what follows the priority as RFC 5424: header, structured data, message. Some devices write a blank for the `T`
 * of the time. `undefined` when it is not of that form; then a reader of looser forms has its turn.
 */
export const readRfc5424 = (line: string, start: number, arrivedAt: number): SyslogParts | undefined => {
  const version = line.charCodeAt(start)
  if (start === 0 || version < 49 || version > 57 || line.charCodeAt(start + 1) !== space) return undefined
  const time = readTimestamp(line, start + 2, arrivedAt)
  if (time === undefined) return undefined
  const host = line.indexOf(" ", time.end)
  if (host <= time.end || host - time.end > limits.hostname) return undefined
  const rest = readProcess(line, host + 1)
  if (rest === undefined || time.spaced && readHostWord(line, time.end) === undefined) return undefined
  const { stamp } = time
  return { ...rest, stamp, hostname: isNil(line, time.end, host) ? undefined : line.slice(time.end, host) }
}

interface Timestamp {
  readonly stamp: Stamp | undefined
  /** Where the host begins. */
  readonly end: number
  /** Is there a blank where RFC 5424 has a `T`? */
  readonly spaced: boolean
}

const readTimestamp = (line: string, from: number, arrivedAt: number): Timestamp | undefined => {
  if (line.charCodeAt(from) === dash && line.charCodeAt(from + 1) === space) {
    return { stamp: undefined, end: from + 2, spaced: false }
  }
  if (line.charCodeAt(from + 4) !== dash) return undefined
  const stamp = readStamp(line, from, arrivedAt)
  if (stamp !== undefined) {
    if (line.charCodeAt(stamp.end) !== space) return undefined
    return { stamp, end: stamp.end + 1, spaced: line.charCodeAt(from + 10) === space }
  }
  const end = line.indexOf(" ", from)
  if (end < from + 6 || end - from > limits.time) return undefined
  return { stamp: unreadStamp(from, end), end: end + 1, spaced: false }
}

/**
 * Reads from APP-NAME on. A header counts as one when structured data or its `-` follows it; words of a message would
 * be taken for names otherwise. Only MSGID's `-` makes up for what is missing.
 */
export const readProcess = (line: string, from: number): Omit<SyslogParts, "stamp" | "hostname"> | undefined => {
  const program = line.indexOf(" ", from)
  if (program <= from || program - from > limits.program || isVendorTag(line, from)) return undefined
  const process = line.indexOf(" ", program + 1)
  if (process <= program + 1 || process - program > limits.procid + 1) return undefined
  const blank = line.indexOf(" ", process + 1)
  const id = blank < 0 ? line.length : blank
  if (id <= process + 1 || id - process > limits.msgid + 1) return undefined
  if (!beginsData(line, id + 1) && !(isNil(line, process + 1, id) && isNumberOrNil(line, program + 1, process))) {
    return undefined
  }
  const fields: Array<readonly [string, unknown]> = []
  if (!isNil(line, program + 1, process)) fields.push(["procid", line.slice(program + 1, process)])
  if (!isNil(line, process + 1, id)) fields.push(["msgid", line.slice(process + 1, id)])
  const { dropped, elements, end, whole } = readStructuredData(line, id + 1)
  for (const element of elements) fields.push(element)
  const text = withoutMark(line, line.charCodeAt(end) === space ? end + 1 : end)
  return {
    program: isNil(line, from, program) ? undefined : line.slice(from, program),
    fields,
    dropped,
    // Structured data alone is a message too, for those who look only at the text.
    message: elements.length > 0 && text.trim() === "" ? line.slice(id + 1, end) : text,
    note: whole ? undefined : "structured_data_unread"
  }
}

/** `[`, or `-` that stands alone. */
const beginsData = (line: string, at: number): boolean => {
  const first = line.charCodeAt(at)
  if (first === openBracket) return true
  const next = line.charCodeAt(at + 1)
  return first === dash && (next === space || Number.isNaN(next) || next === 10 || next === 13)
}

const isNil = (line: string, from: number, to: number): boolean => to === from + 1 && line.charCodeAt(from) === dash

const isNumberOrNil = (line: string, from: number, to: number): boolean =>
  isNil(line, from, to) || /^\d+$/.test(line.slice(from, to))

/** Without the byte order mark, and without the word `BOM` that some read out of the RFC's grammar. */
const withoutMark = (line: string, from: number): string => {
  if (line.charCodeAt(from) === 0xfeff) return line.slice(from + 1)
  return line.startsWith("BOM", from) && /[^\w\s]/.test(line.charAt(from + 3)) ? line.slice(from + 3) : line.slice(from)
}

import { isDigit } from "../fields/rfc3339.ts"
import { readBsdDate, readTime } from "../fields/timestamp.ts"
import type { SyslogParts } from "./syslog.ts"

/** `45: `, Cisco's sequence number, and its `*` or `.` for a clock that is not set. */
const sequence = /(\d{1,10}): +/y
const originBefore = /([A-Za-z0-9][\w.-]{0,254}): +(?=[*.]?[A-Z][a-z]{2} {1,2}\d)/y
const iso = /(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,20}?(?: UTC| [+-]\d\d:?\d\d)?)(?=:? |:?$)/y
const yearFirst = /(\d{4}) ([A-Z][a-z]{2} {1,2}\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d{1,12})?)/y
const epoch = /1 (\d{10}\.\d{1,9}) /y
/** A zone by name before a colon, as Cisco writes it. Only UTC can be read. */
const zoneName = / ([A-Z]{2,5})(?=: )/y
const tag = /([A-Za-z][\w./@-]{0,63})(?:\[([^\]\s]{1,64})\])?: ?/y

/**
 * Reads what follows the priority as RFC 3164 and its relatives: with or without time, host and tag, Cisco's sequence numbers
 * and origin ids, times with year, fractions or zone, RFC 3339 times. What is left is the message.
 */
export const readRfc3164 = (line: string, start: number, arrivedAt: number): SyslogParts => {
  const fields: Array<readonly [string, unknown]> = []
  let at = start
  const number = isDigit(line.charCodeAt(at)) ? match(sequence, line, at) : undefined
  if (number !== undefined) {
    fields.push(["sequence", Number(number.groups[0])])
    at = number.end
  }
  const first = readStamp(line, at, arrivedAt)
  const origin = first === undefined ? match(originBefore, line, at) : undefined
  if (origin !== undefined) at = origin.end

  const time = origin === undefined ? first : readStamp(line, at, arrivedAt)
  if (time === undefined) return withTag(line, at, undefined, origin?.groups[0], fields)
  at = skipColon(line, time.end)
  const named = origin === undefined ? readHost(line, at) : undefined
  return withTag(line, named?.end ?? at, time, origin?.groups[0] ?? named?.name, fields)
}

interface Stamp {
  readonly millis: number | undefined
  readonly text?: string | undefined
  readonly end: number
}

const readStamp = (line: string, from: number, arrivedAt: number): Stamp | undefined => {
  const first = line.charAt(from)
  const at = first === "*" || first === "." ? from + 1 : from
  const date = readBsdDate(line, at, arrivedAt)
  if (date !== undefined) return withZone(line, at, date.millis, date.end)
  const text = match(iso, line, at)
  if (text !== undefined) {
    const millis = readTime(text.groups[0], arrivedAt)
    return { millis, text: millis === undefined ? text.groups[0] : undefined, end: text.end }
  }
  const spelled = match(yearFirst, line, at)
  if (spelled !== undefined) {
    const [year, day, clock] = spelled.groups
    const read = readBsdDate(`${day} ${year} ${clock}`, 0, arrivedAt)
    if (read !== undefined) return withZone(line, at, read.millis, spelled.end)
  }
  const seconds = match(epoch, line, at)
  return seconds === undefined
    ? undefined
    : { millis: readTime(Number(seconds.groups[0]), arrivedAt), end: seconds.end }
}

/** A time in a zone that cannot be told is not a time: it is kept as text. */
const withZone = (line: string, from: number, millis: number, end: number): Stamp => {
  const zone = isCapital(line.charCodeAt(end + 1)) ? match(zoneName, line, end) : undefined
  if (zone === undefined) return { millis, end }
  const utc = zone.groups[0] === "UTC" || zone.groups[0] === "GMT"
  return utc ? { millis, end: zone.end } : { millis: undefined, text: line.slice(from, zone.end), end: zone.end }
}

/** The word after the time is the host, unless it looks like a tag; `sw1: %LINK-3-…` is Cisco's way to write the host. */
const readHost = (line: string, from: number): { readonly name: string; readonly end: number } | undefined => {
  const first = line.charCodeAt(from)
  if (!isLetter(first) && !isDigit(first) && first !== openBracket) return undefined
  let to = from + 1
  while (isOfHost(line.charCodeAt(to))) to++
  if (line.charCodeAt(to) !== space) return undefined
  let end = to + 1
  while (line.charCodeAt(end) === space) end++
  if (to > from + 1 && line.charCodeAt(to - 1) === colon) {
    if (line.charAt(end) !== "%") return undefined
    to--
  }
  if (to - from > hostLimit) return undefined
  const name = line.slice(from, to)
  if (name.includes("[") && first !== openBracket) return undefined
  return {
    name: first === openBracket ? name.replace(/^\[(.*)\]$/, "$1") : name,
    end: line.startsWith(": ", end) ? end + 2 : end
  }
}

const hostLimit = 255
const space = 32
const colon = 58
const openBracket = 91

const isCapital = (code: number): boolean => code >= 65 && code <= 90
const isLetter = (code: number): boolean => isCapital(code) || (code >= 97 && code <= 122)
/** A letter, a digit, or one of `-._:%[]`. */
const isOfHost = (code: number): boolean =>
  isLetter(code) || isDigit(code) || code === 45 || code === 46 || code === 95 || code === colon || code === 37
  || code === openBracket || code === 93

const withTag = (
  line: string,
  from: number,
  time: Stamp | undefined,
  hostname: string | undefined,
  fields: Array<readonly [string, unknown]>
): SyslogParts => {
  const found = isLetter(line.charCodeAt(from)) ? match(tag, line, from) : undefined
  const pid = found?.groups[1]
  if (pid !== undefined) fields.push(["procid", pid])
  return {
    millis: time?.millis,
    timeText: time?.text,
    hostname,
    program: found?.groups[0],
    fields,
    message: line.slice(found?.end ?? from)
  }
}

const skipColon = (line: string, from: number): number => {
  let at = line.charAt(from) === ":" ? from + 1 : from
  while (line.charAt(at) === " ") at++
  return at
}

const match = (
  pattern: RegExp,
  text: string,
  at: number
): { readonly groups: ReadonlyArray<string | undefined>; readonly end: number } | undefined => {
  pattern.lastIndex = at
  const found = pattern.exec(text)
  return found === null ? undefined : { groups: found.slice(1), end: pattern.lastIndex }
}

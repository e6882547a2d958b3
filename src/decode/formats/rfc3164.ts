import { colon, dash, dot, isCapital, isDigit, isLetter, openBracket, percent, space, star } from "../characters.ts"
import { skipBlanks } from "../fields/hosts.ts"
import { readStamp, type Stamp } from "../fields/stamp.ts"
import { readTag, type Tag } from "../fields/tags.ts"
import { isZone, zoneBeforeColon } from "../fields/zones.ts"
import { readHostAfterTime } from "./hostAfterTime.ts"
import { readOntap } from "./ontap.ts"
import { readPrefixes } from "./prefixes.ts"
import { readRelayed } from "./relayed.ts"
import { readProcess } from "./rfc5424.ts"
import { readSelfNamed } from "./selfNamed.ts"
import type { SyslogParts } from "./SyslogParts.ts"

type Field = readonly [string, unknown]

const noFields: ReadonlyArray<Field> = []

/**
 * Reads what follows the priority as RFC 3164 and its relatives: with or without time, host and tag, and with what
 * network devices write before and behind the time. What is left is the message. A line without priority may be
 * anything, so that its host must look like one.
 */
export const readRfc3164 = (line: string, start: number, arrivedAt: number): SyslogParts => {
  const first = mayBeginTime(line, start) ? readStamp(line, start, arrivedAt) : undefined
  if (first !== undefined) return readFromTime(line, start, first, undefined, false, noFields, arrivedAt)
  const prefixes = readPrefixes(line, start, arrivedAt)
  const fields = prefixes.sequence === undefined ? noFields : [["sequence", prefixes.sequence] as const]
  const { end, network, origin, stamp } = prefixes
  if (stamp !== undefined) return readFromTime(line, start, stamp, origin, network, fields, arrivedAt)
  return prefixes.reached
    ? { hostname: origin, fields, message: line.slice(end) }
    : readUntimed(line, start, end, fields, arrivedAt)
}

const readUntimed = (
  line: string,
  start: number,
  at: number,
  fields: ReadonlyArray<Field>,
  arrivedAt: number
): SyslogParts => {
  const named = start === 0 ? undefined : readSelfNamed(line, at)
  if (named === undefined) return withTag(line, at, undefined, undefined, fields)
  const word = line.indexOf(" ", named.end)
  const stamp = word < 0 ? undefined : readStamp(line, word + 1, arrivedAt)
  if (stamp === undefined) return withTag(line, named.end, undefined, named.hostname, fields)
  const program = line.slice(named.end, word)
  return { stamp, hostname: named.hostname, program, fields, message: line.slice(skipBlanks(line, stamp.end)) }
}

const readFromTime = (
  line: string,
  start: number,
  read: Stamp,
  origin: string | undefined,
  network: boolean,
  fields: ReadonlyArray<Field>,
  arrivedAt: number
): SyslogParts => {
  const stamp = withZone(line, read, network)
  const colonAt = skipBlanks(line, stamp.end)
  const closed = line.charCodeAt(colonAt) === colon || line.charCodeAt(colonAt) === 44
  const behind = closed ? skipBlanks(line, colonAt + 1) : colonAt
  if (origin !== undefined || network && closed || stamp.note === "uptime") {
    return readMessage(line, behind, stamp, origin, fields)
  }
  // A dash is RFC 5424's way to name no host.
  const nil = line.charCodeAt(behind) === dash && line.charCodeAt(behind + 1) === space
  const at = nil && start > 0 ? skipBlanks(line, behind + 1) : behind

  const ontap = line.charCodeAt(at) === openBracket ? readOntap(line, at) : undefined
  if (ontap !== undefined) return { ...ontap, stamp, fields }
  const host = at === behind
    ? readHostAfterTime(line, at, start > 0, stamp, closed, arrivedAt)
    : undefined
  if (host === undefined) return readMessage(line, at, stamp, undefined, fields)
  if (line.charCodeAt(start) === 49 && line.charCodeAt(start + 1) === space) {
    const process = readProcess(line, host.end)
    if (process !== undefined) return { ...process, stamp, hostname: host.name }
  }
  const tag = readTag(line, host.end)
  const inner = mayBeRelayed(line, host.end, tag) ? readRelayed(line, host.end, arrivedAt) : undefined
  if (inner === undefined) return parts(line, host.end, tag, stamp, host.name, fields)
  const numbered = inner.sequence === undefined ? fields : [["sequence", inner.sequence] as const]
  const relayed: Stamp = inner.zoneUnknown ? { ...stamp, zone: "unknown" } : stamp
  return readMessage(line, inner.end, relayed, inner.hostname ?? host.name, numbered)
}

/**
 * A zone in a word behind the time: any word before a colon where the device writes one there, and well-known
 * abbreviations.
 */
const withZone = (line: string, stamp: Stamp, network: boolean): Stamp => {
  const from = stamp.end + 1
  if (stamp.zone !== "none" || stamp.note !== undefined || !isLetter(line.charCodeAt(from))) return stamp
  if (line.charCodeAt(stamp.end) !== space) return stamp
  let to = from + 1
  while (to - from < 5 && isCapital(line.charCodeAt(to))) to++
  if (isZone(line, from, to) && !isOfWord(line.charCodeAt(to))) return { ...stamp, zone: "unknown", end: to }
  if (!network && !stamp.zoneFollows) return stamp
  const end = zoneBeforeColon(line, stamp.end)
  return end !== undefined && (network || precedesMnemonic(line, end)) ? { ...stamp, zone: "unknown", end } : stamp
}

const precedesMnemonic = (line: string, from: number): boolean => {
  const at = skipBlanks(line, from)
  // A blank before the colon is how a host is written there: `fw1 : %ASA-…`.
  if (at !== from || line.charCodeAt(at) !== colon) return false
  const next = line.charCodeAt(skipBlanks(line, at + 1))
  return next === percent || next === star
}

const readMessage = (
  line: string,
  from: number,
  stamp: Stamp,
  hostname: string | undefined,
  fields: ReadonlyArray<Field>
): SyslogParts => {
  const first = line.charCodeAt(from)
  const marked = (first === star || first === dot) && line.charCodeAt(from + 1) === percent
  return withTag(line, marked ? from + 1 : from, stamp, hostname, fields)
}

const withTag = (
  line: string,
  from: number,
  stamp: Stamp | undefined,
  hostname: string | undefined,
  fields: ReadonlyArray<Field>
): SyslogParts => {
  return parts(line, from, readTag(line, from), stamp, hostname, fields)
}

const parts = (
  line: string,
  from: number,
  tag: Tag | undefined,
  stamp: Stamp | undefined,
  hostname: string | undefined,
  fields: ReadonlyArray<Field>
): SyslogParts => {
  if (tag === undefined) return { stamp, hostname, fields, message: line.slice(from) }
  const { end, pid, program } = tag
  const field = ["procid", pid] as const
  return {
    stamp,
    hostname,
    program,
    tag: line.slice(from, end),
    fields: pid === undefined ? fields : fields.length === 0 ? [field] : [...fields, field],
    message: line.slice(end)
  }
}

/**
 * Could a device's own header follow the one of a relay? It begins with a number, a mark or a date, or with a name
 * before one of these.
 */
const mayBeRelayed = (line: string, at: number, tag: Tag | undefined): boolean => {
  const first = line.charCodeAt(at)
  if (!isLetter(first)) return isDigit(first) || first === colon || first === star || first === dot
  if (tag === undefined) return line.charCodeAt(at + 3) === space && isDigit(line.charCodeAt(at + 5))
  const next = line.charCodeAt(tag.end)
  return tag.pid === undefined && (next <= 58 && next !== 32 || isCapital(next))
}

/** A letter, or a digit that begins no counter. */
const mayBeginTime = (line: string, at: number): boolean => {
  if (!isDigit(line.charCodeAt(at))) return isLetter(line.charCodeAt(at))
  let to = at + 1
  while (to - at < 12 && isDigit(line.charCodeAt(to))) to++
  return line.charCodeAt(to) !== colon
}

const isOfWord = (code: number): boolean =>
  isLetter(code) || isDigit(code) || code === 45 || code === 46 || code === 95 || code === 43

import { skipBlanks, skipFacilityLevel } from "../fields/hosts.ts"
import { isDigit } from "../fields/rfc3339.ts"
import { readStamp, type Stamp } from "../fields/stamp.ts"
import { readTag } from "../fields/tags.ts"
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
const space = 32
const colon = 58
const percent = 37
const star = 42
const dash = 45
const dot = 46

/**
 * Reads what follows the priority as RFC 3164 and its relatives: with or without time, host and tag, and with what network devices write
 * before and behind the time. What is left is the message. A line without priority may be anything, so that its host must look like one.
 */
export const readRfc3164 = (line: string, start: number, arrivedAt: number): SyslogParts => {
  const first = readStamp(line, start, arrivedAt)
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
  if (origin !== undefined || network && closed) return readMessage(line, behind, stamp, origin, fields)
  // A dash is RFC 5424's way to name no host.
  const nil = line.charCodeAt(behind) === dash && line.charCodeAt(behind + 1) === space
  const at = nil && start > 0 ? skipBlanks(line, behind + 1) : behind

  const ontap = readOntap(line, at)
  if (ontap !== undefined) return { ...ontap, stamp, fields }
  const host = at === behind
    ? readHostAfterTime(line, skipFacilityLevel(line, at), start > 0, stamp, closed, arrivedAt)
    : undefined
  if (host === undefined) return readMessage(line, at, stamp, undefined, fields)
  if (line.charCodeAt(start) === 49 && line.charCodeAt(start + 1) === space) {
    const process = readProcess(line, host.end)
    if (process !== undefined) return { ...process, stamp, hostname: host.name }
  }
  const inner = readRelayed(line, host.end, arrivedAt)
  if (inner === undefined) return withTag(line, host.end, stamp, host.name, fields)
  const numbered = inner.sequence === undefined ? fields : [["sequence", inner.sequence] as const]
  const relayed: Stamp = inner.zoneUnknown ? { ...stamp, zone: "unknown" } : stamp
  return readMessage(line, inner.end, relayed, inner.hostname ?? host.name, numbered)
}

/** A zone in a word behind the time: any word before a colon where the device writes one there, and well-known abbreviations. */
const withZone = (line: string, stamp: Stamp, network: boolean): Stamp => {
  if (stamp.zone !== "none" || line.charCodeAt(stamp.end) !== space || stamp.note !== undefined) return stamp
  const from = stamp.end + 1
  let to = from
  while (isLetter(line.charCodeAt(to))) to++
  if (to === from) return stamp
  const end = isZone(line, from, to) && !isOfWord(line.charCodeAt(to)) ? to : zoneBeforeColon(line, stamp.end)
  if (end === undefined) return stamp
  const counts = network || end === to && isZone(line, from, to) || stamp.zoneFollows && precedesMnemonic(line, end)
  return counts ? { ...stamp, zone: "unknown", end } : stamp
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
  const found = readTag(line, from)
  if (found === undefined) return { stamp, hostname, fields, message: line.slice(from) }
  const { end, pid, program } = found
  return {
    stamp,
    hostname,
    program,
    tag: line.slice(from, end),
    fields: pid === undefined ? fields : [...fields, ["procid", pid]],
    message: line.slice(end)
  }
}

const isCapital = (code: number): boolean => code >= 65 && code <= 90
const isLetter = (code: number): boolean => isCapital(code) || (code >= 97 && code <= 122)
const isOfWord = (code: number): boolean => isDigit(code) || code === 45 || code === 46 || code === 95 || code === 43

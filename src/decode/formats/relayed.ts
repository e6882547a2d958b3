import { colon, dot, endOfMatch, isCapital, isDigit, percent, space, star } from "../characters.ts"
import { readHostWord, skipBlanks } from "../fields/hosts.ts"
import { readStamp } from "../fields/stamp.ts"
import { isZone, zoneBeforeColon } from "../fields/zones.ts"
import { readPrefixes } from "./prefixes.ts"

/** A device's own header behind the one that a relay wrote. */
interface Relayed {
  readonly end: number
  /** The device's own name for itself, which is better than the relay's for it. */
  readonly hostname: string | undefined
  readonly sequence: number | undefined
  /** Is the relay's time the device's, in a zone that is not known? */
  readonly zoneUnknown: boolean
}

/** A tag or a node, before what begins a header of a device. */
const mayBeOrigin = /[\w./@-]{1,64}: {0,4}(?:[*.:]|\d{1,12}: |[A-Z][a-z]{2} {1,2}\d{1,2} |\d{4} [A-Z][a-z]{2} )/y

/** Reads the device's header at `at`, where it begins as only such headers do. */
export const readRelayed = (line: string, at: number, arrivedAt: number): Relayed | undefined => {
  const zoned = readZoneAlone(line, at)
  if (zoned !== undefined) return zoned
  if (!mayBegin(line, at)) return undefined
  if (line.charCodeAt(at) === 49 && line.charCodeAt(at + 1) === space) return readMeraki(line, at + 2, arrivedAt)
  const { end, network, origin, reached, sequence, stamp } = readPrefixes(line, at, arrivedAt)
  // A name before a message alone is the program's: `Ebra: %LINEPROTO-…`.
  if (!reached || origin !== undefined && stamp === undefined && sequence === undefined) return undefined
  const found = { hostname: origin, sequence, zoneUnknown: false }
  if (stamp === undefined) return { ...found, end }
  const after = stamp.zone === "none" ? zoneBeforeColon(line, stamp.end) ?? stamp.end : stamp.end
  const colonAt = skipBlanks(line, after)
  if (line.charCodeAt(colonAt) !== colon) return undefined
  const message = skipBlanks(line, colonAt + 1)
  return network || line.charCodeAt(message) === percent ? { ...found, end: message } : undefined
}

const mayBegin = (line: string, at: number): boolean => {
  const first = line.charCodeAt(at)
  if (isDigit(first) || first === colon || first === star || first === dot) return true
  if (isCapital(first) && line.charCodeAt(at + 3) === space && isDigit(line.charCodeAt(at + 5))) return true
  return endOfMatch(mayBeOrigin, line, at) !== undefined
}

/** `AEST: %…`: the relay took the zone for what follows the host, so that its time is the device's. */
const readZoneAlone = (line: string, at: number): Relayed | undefined => {
  const to = line.charCodeAt(at + 3) === colon ? at + 3 : at + 4
  if (line.charCodeAt(to) !== colon || !isZone(line, at, to)) return undefined
  const end = skipBlanks(line, to + 1)
  if (line.charCodeAt(end) !== percent) return undefined
  const known = readStamp(`Jan  1 00:00:00 ${line.slice(at, to)} `, 0, 0)?.zone === "given"
  return { end, hostname: undefined, sequence: undefined, zoneUnknown: !known }
}

/** `1 1795836104.207232138 MX84 events`: Meraki names itself behind its time. */
const readMeraki = (line: string, at: number, arrivedAt: number): Relayed | undefined => {
  if (line.charCodeAt(at + 10) !== dot) return undefined
  const stamp = readStamp(line, at, arrivedAt)
  const host = stamp === undefined ? undefined : readHostWord(line, skipBlanks(line, stamp.end))
  return host === undefined
    ? undefined
    : { end: host.end, hostname: host.name, sequence: undefined, zoneUnknown: false }
}

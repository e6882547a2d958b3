import { parseSeverity, type Severity } from "../../domain/Severity.ts"
import { bar, comma, endOfMatch, equals, isLetter, quote, slash, space, tab } from "../characters.ts"
import { readTime } from "../fields/timestamp.ts"
import { readOffsetText } from "../fields/zones.ts"
import type { ReceiveContext } from "../ReceiveContext.ts"

/** A header of `key=value` pairs. */
interface KeyValueHeader {
  readonly hostname: string | undefined
  readonly millis: number | undefined
  readonly severity: Severity | undefined
}

/** Keys that begin such a header: those of Fortinet, Check Point, Sophos, SonicWall, Stormshield, WatchGuard. */
const beginning =
  /(?:date|time|timestamp|itime|logver|devname|devid|device|device_name|device_id|hostname|id|sn|loguid|_time)=/y
/** Best first. A `hostname` among others may be that of a client; it is the device's where a bar parts the pairs. */
const hostKeys = ["devname", "dvchost", "fw", "hostname"]
const most = 40
const longest = 1_024

/** Does a header of pairs begin at `from` that names the device, whatever a relay has written before it? */
export const namesDevice = (line: string, from: number): boolean =>
  line.charCodeAt(from + 4) === equals && line.startsWith("date=", from) &&
  line.slice(from, from + longest).includes(" devname=")

/** Reads the header at `from` of a message that consists of pairs; `undefined` when it does not. */
export const readKeyValue = (line: string, from: number, context: ReceiveContext): KeyValueHeader | undefined => {
  if (endOfMatch(beginning, line, from) === undefined) return undefined
  const values = readPairs(line, from)
  if (values === undefined) return undefined
  const { barred, first, held } = values
  const named = (key: string) => key !== "hostname" || barred || first === key ? held.get(key) : undefined
  const hostname = hostKeys.map(named).find((value) => value !== undefined && value !== "" && value !== "N/A")
  return {
    hostname,
    millis: timeOf(held, hostname, context),
    severity: parseSeverity(held.get("level") ?? held.get("severity") ?? held.get("pri"))
  }
}

interface Pairs {
  readonly held: ReadonlyMap<string, string>
  readonly first: string
  /** Do bars part the pairs? Then values hold blanks without quotes. */
  readonly barred: boolean
}

const readPairs = (line: string, from: number): Pairs | undefined => {
  const held = new Map<string, string>()
  let at = from
  let first = ""
  let barred = false
  for (let count = 0; count < most; count++) {
    const mark = endOfKey(line, at)
    if (mark === at || line.charCodeAt(mark) !== equals) break
    const quoted = line.charCodeAt(mark + 1) === quote
    const start = quoted ? mark + 2 : mark + 1
    const end = quoted ? line.indexOf("\"", start) : endOfValue(line, start, barred)
    if (end < 0 || end - start > longest) break
    const key = line.slice(at, mark)
    if (!held.has(key)) held.set(key, line.slice(start, end))
    at = quoted ? end + 1 : end
    if (count === 0) {
      first = key
      barred = line.charCodeAt(at) === bar
    }
    while (isSeparator(line.charCodeAt(at))) at++
  }
  return held.size < 2 ? undefined : { held, first, barred }
}

const endOfKey = (line: string, from: number): number => {
  let at = from
  while (isOfKey(line.charCodeAt(at)) && at - from < 64) at++
  return at
}

const endOfValue = (line: string, from: number, barred: boolean): number => {
  const most = Math.min(line.length, from + longest + 1)
  let at = from
  while (at < most && !(barred ? line.charCodeAt(at) === bar : isSeparator(line.charCodeAt(at)))) at++
  return at
}

/** A blank, a tab, or one of `|;,`. */
const isSeparator = (code: number): boolean =>
  code === space || code === tab || code === bar || code === 59 || code === comma

const isOfKey = (code: number): boolean => isLetter(code) || (code >= 45 && code <= 57 && code !== slash) || code === 95

const timeOf = (
  held: ReadonlyMap<string, string>,
  hostname: string | undefined,
  context: ReceiveContext
): number | undefined => {
  const zone = held.get("tz") ?? held.get("timezone")
  const offset = zone === undefined ? undefined : readOffsetText(zone)
  const date = held.get("date")
  const time = held.get("time") ?? held.get("timestamp") ?? held.get("_time")
  const written = date === undefined ? time : `${date} ${time ?? ""}`
  const epoch = held.get("eventtime") ?? held.get("itime")
  const local = offset === undefined ? context.zoneOf?.(hostname) : undefined
  const read = written === undefined ? undefined : readTime(written, context.at, local)
  // Local time with a zone that is known, else the same in seconds since 1970, else as written.
  if (read !== undefined && offset !== undefined) return read - offset
  return (zone === undefined ? undefined : readTime(epoch, context.at)) ?? read ?? readTime(epoch, context.at)
}

import type { DecodeNote } from "../../domain/Event.ts"
import { endOfMatch, isDigit, isSmall } from "../characters.ts"
import type { ReceiveContext } from "../ReceiveContext.ts"
import { readDate, readPlain } from "./dates.ts"
import { formatTime, isUnset, readEpoch } from "./timestamp.ts"
import { utc } from "./timeZone.ts"
import { readZoneAfter } from "./zones.ts"

/** The time of a message, as its header has it from `from` to `end`. */
export interface Stamp {
  /**
   * Milliseconds since 1970; of a clock that shows UTC as long as the zone is not known. `undefined` when unreadable.
   */
  readonly millis: number | undefined
  readonly from: number
  readonly end: number
  /** What the text says of its zone. */
  readonly zone: "given" | "none" | "unknown"
  readonly dated: boolean
  /** Does it stand in a form after which devices write a zone by name? */
  readonly zoneFollows: boolean
  /** Did the device mark its clock as not set? */
  readonly marked: boolean
  /** Was it a 12-hour clock? */
  readonly twelve: boolean
  /** Why it could not be read. */
  readonly note?: DecodeNote | undefined
}

const epoch = /\d{10}\.\d{1,9}(?=[\s]|$)/y
const uptime =
  /(?:\d{1,3}:\d\d:\d\d(?:\.\d{1,6})?|\d{1,4}[ydhm]\d{1,2}[wdhms](?:\d{1,2}[hms])?|\d{1,4}w\d{1,2}d(?:\d{1,2}h)?)(?=:? |:?$)/y
const unread = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{1,20}(?= |$)/y

/** Reads the time that begins at `from`, with the zone behind it; `undefined` when none begins there. */
export const readStamp = (text: string, from: number, arrivedAt: number, marked = false): Stamp | undefined => {
  if (!isDigit(text.charCodeAt(from))) {
    const plain = readPlain(text, from, arrivedAt)
    // A small letter behind it begins neither a zone nor, without an `m`, AM or PM.
    if (plain !== undefined && isSmall(text.charCodeAt(plain.end + 1)) && !isHalf(text.charCodeAt(plain.end + 2))) {
      const { end, millis, zoneFollows } = plain
      return { millis, from, end, zone: "none", dated: false, zoneFollows, marked, twelve: false, note: undefined }
    }
  }
  const date = readDate(text, from, arrivedAt)
  if (date === undefined) return isDigit(text.charCodeAt(from)) ? readEpochStamp(text, from) : undefined
  const zone = readZoneAfter(text, date.end, date.millis)
  const end = pastSuffix(text, zone?.end ?? date.end)
  if (!isBoundary(text.charCodeAt(end))) return readUnread(text, from)
  const { dated, millis, zoneFollows } = date
  const offset = zone?.offset
  return {
    millis: millis + (zone?.shift ?? 0) - (offset ?? 0),
    from,
    end,
    zone: offset === undefined ? "none" : "given",
    dated,
    zoneFollows,
    marked,
    twelve: zone?.twelve === true,
    note: undefined
  }
}

const isHalf = (code: number): boolean => code === 109 || code === 46

const suffix = /\.\d{1,6}(?= )| DST(?= )/y

/** What Huawei writes behind a time: a counter of messages of one instant, or that it is summer. */
const pastSuffix = (text: string, end: number): number => {
  const code = text.charCodeAt(end)
  if (code !== 46 && !(code === 32 && text.charCodeAt(end + 1) === 68)) return end
  return endOfMatch(suffix, text, end) ?? end
}

const plain = { zoneFollows: false, marked: false, twelve: false, dated: true }

const readEpochStamp = (text: string, from: number): Stamp | undefined => {
  if (text.charCodeAt(from + 10) !== 46) return undefined
  const end = endOfMatch(epoch, text, from)
  if (end === undefined) return undefined
  return { ...plain, millis: readEpoch(Number(text.slice(from, end))), from, end, zone: "given" }
}

/** Marks a text in the place of a time that tells none. */
export const unreadStamp = (from: number, end: number, note: DecodeNote = "time_unread"): Stamp => ({
  ...plain,
  millis: undefined,
  from,
  end,
  zone: "none",
  note
})

/** Keeps what only looks like a time as text, so that it is not taken for a host. */
const readUnread = (text: string, from: number): Stamp | undefined => {
  const end = endOfMatch(unread, text, from)
  return end === undefined ? undefined : unreadStamp(from, end)
}

/** Reads how long a device has been running, which some write in place of a time. */
export const readUptime = (text: string, from: number): Stamp | undefined => {
  if (!isDigit(text.charCodeAt(from))) return undefined
  const end = endOfMatch(uptime, text, from)
  return end === undefined ? undefined : unreadStamp(from, end, "uptime")
}

/** When an event happened. */
interface Moment {
  readonly timestamp: string
  /** Why the arrival counts and not the device's time. */
  readonly note?: DecodeNote | undefined
}

const day = 86_400_000
const hour = 3_600_000

/** Decides when a message was made: by its time and the host's zone, or by the arrival when those do not tell. */
export const placeStamp = (stamp: Stamp, hostname: string, context: ReceiveContext): Moment => {
  if (stamp.millis === undefined) return { timestamp: context.receivedAt, note: stamp.note ?? "time_unread" }
  let millis = stamp.millis
  if (stamp.zone !== "given") {
    const zone = context.zoneOf?.(hostname)
    const known = zone !== undefined && zone !== utc
    if (known) millis = zone.instantOf(millis, context.at)
    // People read a 12-hour clock in their own zone: one that would run ahead in UTC is not in UTC.
    else if (stamp.zone === "unknown" || stamp.twelve && millis > context.at + hour) {
      return { timestamp: context.receivedAt, note: "zone_unknown" }
    }
  }
  const unset = stamp.marked
    ? Math.abs(millis - context.at) > day
    : stamp.dated && isUnset(millis, context.at)
  return unset
    ? { timestamp: context.receivedAt, note: "clock_not_set" }
    : { timestamp: formatTime(millis), note: undefined }
}

/** The end, white space, a colon or a comma. */
const isBoundary = (code: number): boolean =>
  code === 32 || code === 58 || code === 9 || code === 44 || code === 10 || code === 13 || Number.isNaN(code)

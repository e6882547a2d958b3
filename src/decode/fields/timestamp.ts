import { isoText } from "./calendar.ts"
import { readDate } from "./dates.ts"
import { readCivilTime, readZone } from "./rfc3339.ts"
import type { TimeZone } from "./timeZone.ts"
import { readZoneAfter } from "./zones.ts"

const digits = /^\d{9,20}(?:\.\d{1,12})?$/

const earliest = 100_000_000_000 // 1973: anything smaller is an uptime or a counter, not a time
const latest = 253_402_300_799_999 // the end of year 9999

/** Writes RFC 3339 in UTC with milliseconds, the one form of time inside MUTT. */
export const formatTime: (millis: number) => string = isoText

/**
 * Reads a time as senders write it: RFC 3339 (also with a space, also without a zone, which means `zone` or UTC), epoch
 * seconds, milliseconds, microseconds or nanoseconds, or a date as syslog has it. `undefined` when it is none of these.
 */
export const readTime = (value: unknown, arrivedAt: number, zone?: TimeZone): number | undefined => {
  if (typeof value === "number") return readEpoch(value)
  if (typeof value !== "string") return undefined
  const text = value.trim()
  const civilTime = readCivilTime(text)
  if (civilTime !== undefined) {
    const offset = readZone(text, civilTime.end)
    if (offset !== undefined) return placed(civilTime.millis, text, civilTime.end, offset, arrivedAt, zone)
  }
  return digits.test(text) ? readEpoch(Number(text)) : readWritten(text, arrivedAt, zone)
}

/** A time without a zone, which only the end of its text shows, is of the zone that is given. */
const placed = (
  millis: number,
  text: string,
  end: number,
  offset: number,
  arrivedAt: number,
  zone: TimeZone | undefined
): number | undefined =>
  inRange(zone !== undefined && end === text.length ? zone.instantOf(millis, arrivedAt) : millis - offset)

const readWritten = (text: string, arrivedAt: number, zone: TimeZone | undefined): number | undefined => {
  const date = readDate(text, 0, arrivedAt)
  if (date === undefined) return undefined
  const written = readZoneAfter(text, date.end, date.millis)
  if ((written?.end ?? date.end) !== text.length) return undefined
  const millis = date.millis + (written?.shift ?? 0)
  if (written?.offset !== undefined) return inRange(millis - written.offset)
  return inRange(zone === undefined ? millis : zone.instantOf(millis, arrivedAt))
}

/** Reads epoch seconds, milliseconds, microseconds or nanoseconds, which differ in size between 1973 and 5138. */
export const readEpoch = (value: number): number | undefined => {
  if (!Number.isFinite(value) || value <= 0) return undefined
  const millis = value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6
  return inRange(Math.trunc(millis))
}

const inRange = (millis: number): number | undefined => millis >= earliest && millis <= latest ? millis : undefined

const day = 86_400_000
const year2000 = 946_684_800_000

/** Does the time come from a clock that nobody has set: before 2000, or more than a day after the arrival? */
export const isUnset = (millis: number, arrivedAt: number): boolean => millis < year2000 || millis > arrivedAt + day

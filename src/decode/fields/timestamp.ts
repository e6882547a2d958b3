import { dayNumber, isoText, yearOf } from "./calendar.ts"
import { isDigit, pair, readCivilTime, readZone } from "./rfc3339.ts"

const digits = /^\d{9,20}(?:\.\d{1,12})?$/
const bsd =
  /([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?(?: (\d{4})(?![\d:]))?(?: (Z|UTC|GMT|[+-]\d\d:?\d\d))?/y
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const earliest = 100_000_000_000 // 1973: anything smaller is an uptime or a counter, not a time
const latest = 253_402_300_799_999 // the end of year 9999

/** RFC 3339 in UTC with milliseconds, the one form of time inside MUTT. */
export const formatTime: (millis: number) => string = isoText

/**
 * Reads a time as senders write it: RFC 3339 (also with a space, also without a zone, which means UTC), epoch seconds,
 * milliseconds, microseconds or nanoseconds, or the date of RFC 3164. `undefined` when it is none of these.
 */
export const readTime = (value: unknown, arrivedAt: number): number | undefined => {
  if (typeof value === "number") return readEpoch(value)
  if (typeof value !== "string") return undefined
  const text = value.trim()
  const civilTime = readCivilTime(text)
  if (civilTime !== undefined) {
    const zone = readZone(text, civilTime.end)
    return zone === undefined ? undefined : inRange(civilTime.millis - zone)
  }
  if (digits.test(text)) return readEpoch(Number(text))
  const date = readBsdDate(text, 0, arrivedAt)
  return date !== undefined && date.end === text.length ? date.millis : undefined
}

/**
 * Reads `Aug 22 10:00:00` at `from`, also with a year, fractions or a zone in numbers. A date without a year is put into
 * the year that brings it nearest to its arrival, so that December read in January is last year's.
 */
export const readBsdDate = (
  text: string,
  from: number,
  arrivedAt: number
): { readonly millis: number; readonly end: number } | undefined => {
  const plain = readPlainDate(text, from, arrivedAt)
  if (plain !== undefined) return { millis: plain, end: from + plainLength }
  bsd.lastIndex = from
  const match = bsd.exec(text)
  if (match === null) return undefined
  const [, name, day, yearBefore, hour, minute, second, fraction, yearAfter, zone] = match
  const month = months.indexOf(name ?? "") + 1
  const time = clock(hour, minute, second, fraction)
  const year = yearBefore ?? yearAfter
  const millis = year === undefined
    ? nearest(month, Number(day), time, zone, arrivedAt)
    : civil(Number(year), month, Number(day), time, zone)
  return millis === undefined ? undefined : { millis, end: bsd.lastIndex }
}

const plainLength = 15
const monthOf = new Map(months.map((name, index) => [name, index + 1]))

/** `Aug 22 10:00:00` before a blank and a letter that begins no zone: what most devices write, letter by letter. */
const readPlainDate = (text: string, from: number, arrivedAt: number): number | undefined => {
  if (text.charCodeAt(from + 3) !== 32 || text.charCodeAt(from + 6) !== 32) return undefined
  if (text.charCodeAt(from + 9) !== 58 || text.charCodeAt(from + 12) !== 58) return undefined
  if (text.charCodeAt(from + 15) !== 32 || !beginsName(text.charCodeAt(from + 16))) return undefined
  const ones = text.charCodeAt(from + 5)
  const day = text.charCodeAt(from + 4) === 32 && isDigit(ones) ? ones - 48 : pair(text, from + 4)
  const hour = pair(text, from + 7)
  const minute = pair(text, from + 10)
  const second = pair(text, from + 13)
  const month = monthOf.get(text.slice(from, from + 3))
  if (month === undefined || !(day <= 31 && hour <= 23 && minute <= 59 && second <= 60)) return undefined
  return nearest(month, day, ((hour * 60 + minute) * 60 + second) * 1000, undefined, arrivedAt)
}

/** A small letter, or a capital other than those of `UTC`, `GMT` and `Z`. */
const beginsName = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code < 90 && code !== 71 && code !== 85)

/** Tells seconds, milliseconds, microseconds and nanoseconds apart by size: all four agree between 1973 and 5138. */
const readEpoch = (value: number): number | undefined => {
  if (!Number.isFinite(value) || value <= 0) return undefined
  const millis = value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6
  return inRange(Math.trunc(millis))
}

const clock = (
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined
): number | undefined => {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  if (h > 23 || m > 59 || s > 60) return undefined // 60 is a leap second and runs into the next minute
  const millis = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0"))
  return ((h * 60 + m) * 60 + s) * 1000 + millis
}

const civil = (
  year: number,
  month: number,
  day: number,
  time: number | undefined,
  zone: string | undefined
): number | undefined => {
  const days = dayNumber(year, month, day)
  return time === undefined || days === undefined ? undefined : inRange(days * 86_400_000 + time - offset(zone))
}

const nearest = (
  month: number,
  day: number,
  time: number | undefined,
  zone: string | undefined,
  arrivedAt: number
): number | undefined => {
  const year = yearOf(arrivedAt)
  const here = civil(year, month, day, time, zone)
  if (here !== undefined && Math.abs(here - arrivedAt) < halfYear) return here
  let best = here
  for (const candidate of [year - 1, year + 1]) {
    const millis = civil(candidate, month, day, time, zone)
    if (millis === undefined) continue
    if (best === undefined || Math.abs(millis - arrivedAt) < Math.abs(best - arrivedAt)) best = millis
  }
  return best
}

const halfYear = 182 * 86_400_000

const offset = (zone: string | undefined): number => {
  if (zone === undefined || zone.length < 5) return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000
}

const inRange = (millis: number): number | undefined => millis >= earliest && millis <= latest ? millis : undefined

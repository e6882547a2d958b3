import { DateTime, Option } from "effect"
import { isoText } from "../decode/fields/calendar.ts"

/** When a test begins. */
export interface TestStart {
  readonly millis: number
  /** IANA name, when the text has one. */
  readonly zone: string | undefined
}

/** Of a test that does not say. */
export const usualStart = "2026-01-01T00:00:00Z"

const form =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?([Zz]|[+-]\d{2}:\d{2})?(?:\[([A-Za-z][\w+/-]{0,99})\])?$/

/**
 * Reads `2026-03-29T01:59:00+01:00[Europe/Berlin]`, also without the offset or without the zone. A text says what is
 * wrong, to follow the name of the field.
 */
export const readStart = (text: string): TestStart | string => {
  const [, date = "", time = "", seconds = ":00", offset, zone] = form.exec(text) ?? []
  if (date === "" || (offset === undefined && zone === undefined)) {
    return "must be a time with its zone, such as 2026-03-29T01:59:00+01:00[Europe/Berlin] or 2026-03-29T00:59:00Z"
  }
  const shown = Date.parse(`${date}T${time}${seconds}Z`)
  if (Number.isNaN(shown) || !isoText(shown).startsWith(date)) return "is a time that does not exist"
  if (zone === undefined) return { millis: Date.parse(`${date}T${time}${seconds}${offset?.toUpperCase()}`), zone }
  const named = DateTime.zoneMakeNamed(zone)
  if (Option.isNone(named)) return `names a time zone that does not exist: ${zone}`
  const millis = offset === undefined
    ? Option.map(
      DateTime.makeZoned(`${date}T${time}${seconds}Z`, {
        timeZone: named.value,
        adjustForTimeZone: true,
        disambiguation: "reject"
      }),
      DateTime.toEpochMillis
    )
    : Option.some(Date.parse(`${date}T${time}${seconds}${offset.toUpperCase()}`))
  if (Option.isNone(millis)) return `is shown twice or never by a clock in ${zone}; say the offset too`
  const really = DateTime.toParts(DateTime.setZone(DateTime.makeUnsafe(millis.value), named.value))
  const local = Date.UTC(really.year, really.month - 1, really.day, really.hour, really.minute)
  if (local !== Math.floor(shown / 60_000) * 60_000) {
    const clock = `${two(really.hour)}:${two(really.minute)}`
    return `contradicts itself: at that offset, a clock in ${zone} shows ${clock}`
  }
  return { millis: millis.value, zone }
}

const two = (value: number) => String(value).padStart(2, "0")

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const part = /(\d{1,9})(ms|[smhd])/g

/** Reads `0s`, `5m`, `1h30m` as milliseconds; `undefined` when it is none. */
export const readDuration = (text: string): number | undefined => {
  if (!/^(?:\d{1,9}(?:ms|[smhd]))+$/.test(text)) return undefined
  let millis = 0
  for (const [, count, unit] of text.matchAll(part)) millis += Number(count) * units[unit as keyof typeof units]
  return millis
}

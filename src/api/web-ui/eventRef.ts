import { Schema } from "effect"

/** A time of the record, in years that both PostgreSQL and JavaScript know. */
const time =
  "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9]|[1-9][0-9]{4}|1[0-9]{5}|2[0-6][0-9]{4})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?Z"
const id = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

const day = /([0-9]+)-([0-9]{2})-([0-9]{2})T/

/** Does the month have that day? The calendar repeats itself after 400 years. */
const isOfCalendar = (text: string): boolean => {
  const [, year, month, date] = (day.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || date === undefined) return true
  return date <= new Date(Date.UTC(2_000 + year % 400, month, 0)).getUTCDate()
}

const like = (form: string, message: string) =>
  Schema.String.check(
    Schema.isPattern(new RegExp(`^${form}$`, "u"), { message }),
    Schema.makeFilter((text) => isOfCalendar(text) || message)
  )

/** An event's id, or `<event_timestamp>_<id>` as in cursors, which is found without a search. */
export const eventRef = like(`(?:${time}_)?${id}`, "Is no event id, and no <event_timestamp>_<id>.")

/** A cursor that ends with the key of an event, behind such a prefix. */
export const eventCursor = (prefix = "") =>
  Schema.optionalKey(like(`${prefix}${time}_${id}`, "The cursor cannot be read."))

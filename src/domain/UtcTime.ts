import { Schema } from "effect"

const form = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z$/

/** A day that the month does not have would become one of the next month. */
const isUtcTime = (text: string): boolean => {
  if (!form.test(text)) return false
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19)
}

/** Completes the sentence "must be …". */
export const utcTimeWords = "a time in UTC, such as 2026-11-29T05:00:00Z"

/** A time in UTC as RFC 3339 writes it, to the second or the millisecond. */
export const UtcTime = Schema.String.check(
  Schema.makeFilter((text) => isUtcTime(text) || `Must be ${utcTimeWords}`, {
    toJsonSchema: () => ({ pattern: form.source })
  })
)

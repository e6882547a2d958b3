import { Schema } from "effect"

/** Is it a name of the IANA time zone database, in any case? An offset such as `+02:00` is not. */
export const isTimeZoneName = (text: string): boolean => {
  if (!/^[A-Za-z]/.test(text)) return false
  // The usual one, for which the runtime needs not read its time zones.
  if (text === "UTC") return true
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}

/** Completes the sentence "must be …". */
export const timeZoneWords = "the name of a time zone in the IANA database, such as Europe/Berlin or UTC"

/** A time zone by its IANA name: `Europe/Berlin`. */
export const TimeZoneName = Schema.String.check(
  Schema.makeFilter((text) => isTimeZoneName(text) || `Must be ${timeZoneWords}`, {
    toJsonSchema: () => ({ pattern: "^[A-Za-z][A-Za-z0-9_+/-]{0,99}$" })
  })
)

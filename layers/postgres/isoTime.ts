import { Schema, SchemaTransformation } from "effect"

/** A `timestamptz`, which the driver gives as a `Date`, as RFC 3339 in UTC with milliseconds. */
export const IsoTime = Schema.Date.pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({ decode: (date) => date.toISOString(), encode: (text) => new Date(text) })
  )
)

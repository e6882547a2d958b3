import { Schema } from "effect"

/** A day of events that is archived. A day that was archived again is there for each time; the highest number counts. */
export const ArchivedDay = Schema.Struct({
  day: Schema.String,
  /** Events of odd times, by the day on which they were recorded. */
  odd: Schema.Boolean,
  number: Schema.Int,
  rows: Schema.Int,
  /** Of the object, compressed. */
  bytes: Schema.Int,
  sha256: Schema.String,
  /** Of the object: the archive that `event_archive` named, and the object's name in it. */
  url: Schema.String,
  /** When it had been written and read back. */
  written_at: Schema.String
}).annotate({ identifier: "ArchivedDay" })
export type ArchivedDay = typeof ArchivedDay.Type

import { Effect, Schema } from "effect"

/** Of a runtime that does not say it, or of a program that does not tell yet. */
export const unknownTimeZones = "unknown"

/** Version of the time zone data by which a process tells the time of a zone: `2026c`. */
export const TimeZoneVersion = Schema.String.pipe(
  Schema.withDecodingDefaultKey(Effect.succeed(unknownTimeZones))
)

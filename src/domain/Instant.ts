import { Schema } from "effect"

/** RFC 3339 with its offset. */
export const Instant = Schema.String.check(
  Schema.makeFilter(
    (time) =>
      (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(time) &&
        !Number.isNaN(Date.parse(time))) || "Must be a time with its offset, such as 2026-08-22T10:00:00Z",
    { toJsonSchema: () => ({ format: "date-time" }) }
  )
)

import { Schema } from "effect"

/** Completes the sentence "must be …". */
export const archiveWords = "off | file:///folder"

/** `off`, or the URL of a folder without a host, a query or a way up. */
export const ArchivePlace = Schema.String.check(
  Schema.isPattern(/^(?:off|file:\/\/(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){1,32})$/, {
    message: `Must be ${archiveWords}`
  })
)

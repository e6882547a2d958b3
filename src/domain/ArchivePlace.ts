import { Schema } from "effect"

/** Completes the sentence "must be …". */
export const archiveWords = "off | file:///folder | s3://bucket/prefix"

/** `off`, the URL of a folder without a host, a query or a way up, or a bucket and what its keys begin with. */
export const ArchivePlace = Schema.String.check(
  Schema.isPattern(
    /^(?:off|(?:file:\/\/|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?=\/|$))(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){0,32}(?<!file:\/\/))$/,
    { message: `Must be ${archiveWords}` }
  )
)

import type { DecodeNote } from "../../domain/Event.ts"

/** Collects the notes on one event, each once. */
export const notesOf = (
  before: ReadonlyArray<DecodeNote> | undefined,
  ...found: ReadonlyArray<DecodeNote | undefined>
): ReadonlyArray<DecodeNote> => [
  ...new Set([...(before ?? []), ...found.filter((note): note is DecodeNote => note !== undefined)])
]

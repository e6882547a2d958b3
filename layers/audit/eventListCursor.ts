import { type EventCursor, readCursor, writeCursor } from "./eventCursor.ts"

/** Where a page of the list begins, and on which side of that row it lies. */
export interface ListCursor extends EventCursor {
  readonly side: "older" | "newer"
}

export const writeListCursor = ({ side, ...place }: ListCursor): string => `${side}_${writeCursor(place)}`

export const readListCursor = (text: string): ListCursor | undefined => {
  const side = text.startsWith("older_") ? "older" : text.startsWith("newer_") ? "newer" : undefined
  const place = readCursor(text.slice("older_".length))
  return side === undefined || place === undefined ? undefined : { ...place, side }
}

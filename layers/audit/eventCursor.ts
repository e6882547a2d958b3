/** Marks where a page ended: the last row's time, to the microsecond, and its event id. */
export interface EventCursor {
  readonly timestamp: string
  readonly eventId: string
}

const shape =
  /^(\d{1,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

export const writeCursor = ({ eventId, timestamp }: EventCursor): string => `${timestamp}_${eventId}`

export const readCursor = (text: string): EventCursor | undefined => {
  const [, timestamp, eventId] = shape.exec(text) ?? []
  return timestamp === undefined || eventId === undefined ? undefined : { timestamp, eventId }
}

import type { Delivery } from "./EventQueue.ts"

/** Events in one entry of the stream, which costs Redis more than they do. Each is acknowledged by itself. */
export interface StreamEntry {
  readonly size: number
  /** The events, a line each; a lone event as it is. */
  readonly text: string
}

/** Bounds an entry, so that a reader of some events does not get very many. A larger event has its own. */
export const entryEvents = 64
export const entryLength = 16_384

export const streamEntriesOf = (events: ReadonlyArray<string>): ReadonlyArray<StreamEntry> => {
  const { add, close } = gathering()
  for (const event of events) add(1, event)
  return close()
}

/** Joins small entries that follow each other, as the script `append` does. */
export const joinEntries = (entries: ReadonlyArray<StreamEntry>): ReadonlyArray<StreamEntry> => {
  const { add, close } = gathering()
  for (const { size, text } of entries) add(size, text)
  return close()
}

const gathering = () => {
  const entries: Array<StreamEntry> = []
  let held: Array<string> = []
  let size = 0
  let length = 0
  const close = (): ReadonlyArray<StreamEntry> => {
    const [first = ""] = held
    if (size > 0) entries.push({ size, text: held.length === 1 ? first : held.join("\n") })
    held = []
    size = 0
    length = 0
    return entries
  }
  const add = (events: number, text: string): void => {
    // An event with a line break in it, which no JSON that we write has, stays by itself.
    const alone = events === 1 && text.includes("\n")
    if (alone || size + events > entryEvents || length + text.length > entryLength) close()
    held.push(text)
    size += events
    length += text.length
    if (alone) close()
  }
  return { add, close }
}

const encoder = new TextEncoder()

export const bytesOf = (text: string): number => encoder.encode(text).length

export const eventsOf = ({ size, text }: StreamEntry): ReadonlyArray<string> => size === 1 ? [text] : text.split("\n")

/** Makes deliveries of the events that are not acknowledged. */
export const deliveriesOf = (
  entry: string,
  events: ReadonlyArray<string>,
  bytes: number,
  isAcknowledged: (index: number) => boolean
): ReadonlyArray<Delivery> =>
  events.flatMap((payload, index) =>
    isAcknowledged(index) ? [] : [{ position: { entry, index, size: events.length, bytes }, payload }]
  )

import type { Delivery } from "./EventQueue.ts"

/**
 * Events that were appended together and are one entry of the stream. Storing, reading and acknowledging an entry costs Redis far more
 * than what is in it, so an entry holds many events; each is settled by itself all the same.
 */
export interface StreamEntry {
  readonly size: number
  /** The events, a line each; a lone event as it is. */
  readonly text: string
}

/** Bounds of a entry, so that whoever asks for some events does not get very many. A larger event is a entry by itself. */
export const entryEvents = 64
export const entryLength = 16_384

/** In order. */
export const streamEntriesOf = (events: ReadonlyArray<string>): ReadonlyArray<StreamEntry> => {
  const { add, close } = gathering()
  for (const event of events) add(1, event)
  return close()
}

/** Small entries that follow each other become one. The script that appends does the same with what it accepts. */
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

/** Bytes that a text takes in Redis. */
export const bytesOf = (text: string): number => encoder.encode(text).length

export const eventsOf = ({ size, text }: StreamEntry): ReadonlyArray<string> => size === 1 ? [text] : text.split("\n")

/** The events of an entry that are not settled, as deliveries. */
export const deliveriesOf = (
  entry: string,
  events: ReadonlyArray<string>,
  bytes: number,
  isSettled: (index: number) => boolean
): ReadonlyArray<Delivery> =>
  events.flatMap((payload, index) =>
    isSettled(index) ? [] : [{ position: { entry, index, size: events.length, bytes }, payload }]
  )

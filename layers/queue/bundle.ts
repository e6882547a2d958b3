import type { Delivery } from "./EventQueue.ts"

/**
 * Events of one parcel that are one entry of the stream. Storing, reading and acknowledging an entry costs Redis far more than what is
 * in it, so an entry holds many events; each is settled by itself all the same.
 */
export interface Bundle {
  readonly size: number
  /** The events, a line each; a lone event as it is. */
  readonly text: string
}

/** Bounds of a bundle, so that whoever asks for some events does not get very many. A larger event is a bundle by itself. */
export const bundleEvents = 64
const bundleCharacters = 16_384

/** In order. An event with a line break in it, which no JSON that we write has, is a bundle by itself. */
export const bundlesOf = (events: ReadonlyArray<string>): ReadonlyArray<Bundle> => {
  const bundles: Array<Bundle> = []
  let held: Array<string> = []
  let characters = 0
  const close = () => {
    if (held.length > 0) bundles.push({ size: held.length, text: held.join("\n") })
    held = []
    characters = 0
  }
  for (const event of events) {
    const alone = event.includes("\n")
    if (alone || held.length === bundleEvents || characters + event.length > bundleCharacters) close()
    held.push(event)
    characters += event.length
    if (alone) close()
  }
  close()
  return bundles
}

export const eventsOf = ({ size, text }: Bundle): ReadonlyArray<string> => size === 1 ? [text] : text.split("\n")

/** Where an event is: in which entry, at which place in it, and how many were stored in that. */
export interface Place {
  readonly entry: string
  readonly place: number
  readonly size: number
}

/** `<entry>`, or `<entry>/<place>/<size>` where an entry holds several. */
const entryIdOf = ({ entry, place, size }: Place): string => size === 1 ? entry : `${entry}/${place}/${size}`

export const placeOf = (entryId: string): Place => {
  const first = entryId.indexOf("/")
  if (first < 0) return { entry: entryId, place: 0, size: 1 }
  const second = entryId.indexOf("/", first + 1)
  return {
    entry: entryId.slice(0, first),
    place: Number(entryId.slice(first + 1, second)),
    size: Number(entryId.slice(second + 1))
  }
}

/** The events of an entry that are not settled, as deliveries. */
export const deliveriesOf = (
  entry: string,
  events: ReadonlyArray<string>,
  isSettled: (place: number) => boolean
): ReadonlyArray<Delivery> =>
  events.flatMap((payload, place) =>
    isSettled(place) ? [] : [{ entryId: entryIdOf({ entry, place, size: events.length }), payload }]
  )

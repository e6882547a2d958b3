import type { Misread, Misreading } from "../domain/DecodeReport.ts"
import type { DecodeNote, Event, EventSource, Quarantined, QuarantineReason } from "../domain/Event.ts"
import type { TimeZone } from "./fields/timeZone.ts"
import type { TrapNames } from "./fields/trapNames.ts"

/** What is known of a record before it is read: who brought it, and when. */
export interface Arrival {
  /** Epoch milliseconds. */
  readonly at: number
  /** The same, RFC 3339. */
  readonly receivedAt: string
  readonly correlationId: string
  readonly sender: string
  /** Source of an event whose record does not say. */
  readonly source: EventSource
  /** Address of the peer, where the peer is the device. */
  readonly peer?: string | undefined
  /** Address of who posted the body: the device itself where that posts plain lines. */
  readonly poster?: string | undefined
  /** The zone of times without one. Without it they are of UTC. */
  readonly zoneOf?: ((hostname: string | undefined) => TimeZone) | undefined
  /** Names of traps and variables that this site added. */
  readonly trapNames?: TrapNames | undefined
  /** What was noted before the text was read. */
  readonly notes?: ReadonlyArray<DecodeNote> | undefined
  readonly newId: () => string
}

/** Why a record did not become an event. */
export class Refusal {
  readonly reason: QuarantineReason
  readonly detail: string
  constructor(reason: QuarantineReason, detail: string) {
    this.reason = reason
    this.detail = detail
  }
}

/** What became of the records of one body: each is in exactly one of the two. */
export interface Decoded {
  readonly events: Array<Event>
  readonly quarantined: Array<Quarantined>
  /** Those of both that were not understood whole; absent while there are none, so that they cost nothing where none is. */
  misread?: Array<Misread>
}

export const emptyDecoded = (): Decoded => ({ events: [], quarantined: [] })

/** Characters of a refused record that are kept. */
export const rawLimit = 16_384

/** Sorts one result into its place. `raw` is the record as it came. */
export const keep = (decoded: Decoded, result: Event | Refusal, raw: string, arrival: Arrival): void => {
  if (result instanceof Refusal) quarantine(decoded, result, raw, arrival)
  else accept(decoded, result, raw, arrival)
}

/** Takes an event. `raw` is looked at only when the event says that it was read in part. */
export const accept = (decoded: Decoded, event: Event, raw: string, arrival: Arrival): void => {
  decoded.events.push(event)
  if (event.decode !== undefined) {
    note(decoded, event.hostname, event.sourceIp ?? addressOf(arrival), event.decode, raw, arrival)
  }
}

export const quarantine = (decoded: Decoded, refusal: Refusal, raw: string, arrival: Arrival): void => {
  decoded.quarantined.push(quarantinedOf(refusal, raw, arrival))
  const address = addressOf(arrival)
  note(decoded, address ?? arrival.sender, address, [refusal.reason], raw, arrival)
}

const addressOf = ({ peer, poster }: Arrival): string | undefined => peer ?? poster

const note = (
  decoded: Decoded,
  hostname: string,
  peer: string | undefined,
  what: ReadonlyArray<Misreading>,
  raw: string,
  { at }: Arrival
): void => {
  const misread = { hostname, peer, what, at, raw }
  if (decoded.misread === undefined) decoded.misread = [misread]
  else decoded.misread.push(misread)
}

export const quarantinedOf = (refusal: Refusal, raw: string, arrival: Arrival): Quarantined => ({
  id: arrival.newId(),
  correlationId: arrival.correlationId,
  sender: arrival.sender,
  ...(arrival.peer === undefined ? {} : { peer: arrival.peer }),
  receivedAt: arrival.receivedAt,
  reason: refusal.reason,
  detail: refusal.detail,
  raw: raw.slice(0, rawLimit).toWellFormed()
})

import type { Place, Settlement } from "../../layers/queue/EventQueue.ts"
import type { Attempt } from "../../src/domain/DeadLetter.ts"

/** Why an event is kept as a dead letter. */
export interface Letter {
  /** `undecodable`, `broken` (deciding about it failed), `refused_by_database`, or `queue_depth_exceeded`. */
  readonly reason: string
  readonly detail: string
  /** RFC 3339. */
  readonly at: string
}

/** Characters of a reason in words that are kept. */
const longest = 500

/** The settlement of an event that could not go on; the queue keeps the event itself. */
export const deadLetter = (place: Place, { at, reason, detail: whole }: Letter): Settlement => {
  const detail = whole.slice(0, longest)
  const attempts: ReadonlyArray<Attempt> = [{ at, reason, detail }]
  return { _tag: "dead", place, letter: JSON.stringify({ reason, detail, attempts }) }
}

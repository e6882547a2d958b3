import type { EventPosition, Outcome } from "../../layers/queue/EventQueue.ts"
import type { Attempt } from "../../src/domain/DeadLetter.ts"

/** Why an event is kept as a dead letter. */
export interface DeadLetterReason {
  /** `undecodable`, `broken` (deciding about it failed), `refused_by_database`, or `queue_depth_exceeded`. */
  readonly reason: string
  readonly detail: string
  /** RFC 3339. */
  readonly at: string
}

/** Characters of a reason in words that are kept. */
const longest = 500

/** The settlement of an event that could not go on; the queue keeps the event itself. */
export const deadLetter = (position: EventPosition, { at, reason, detail: whole }: DeadLetterReason): Outcome => {
  const detail = whole.slice(0, longest)
  const attempts: ReadonlyArray<Attempt> = [{ at, reason, detail }]
  return { _tag: "dead", position, letter: JSON.stringify({ reason, detail, attempts }) }
}

import { Context, type Effect } from "effect"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/** What one request (or one turn of a listener) wants stored: all of it or nothing. Texts are encoded `Event` and `Quarantined`. */
export interface Parcel {
  /** Whose rate limit it counts towards. */
  readonly sender: string
  readonly events: ReadonlyArray<string>
  readonly quarantined: ReadonlyArray<string>
}

export interface AppendLimits {
  /** Events the queue may hold, those being processed included. An empty queue takes a parcel of any size. */
  readonly capacity: number
  /** Events one sender may append per window. A full bucket takes a parcel of any size and is in debt then. */
  readonly rate: number
  readonly rateWindowMs: number
}

export type Receipt =
  | { readonly _tag: "accepted"; readonly depth: number }
  | { readonly _tag: "full"; readonly depth: number }
  | { readonly _tag: "limited"; readonly retryAfterMs: number }

/** Where an event is: in which entry of the stream, at which place in it, and how many were stored in that. */
export interface Place {
  readonly entry: string
  /** From 0. */
  readonly index: number
  readonly size: number
}

/** For people, and to tell places apart: `<entry>`, or `<entry>/<index>/<size>` where an entry holds several. */
export const placeText = ({ entry, index, size }: Place): string => size === 1 ? entry : `${entry}/${index}/${size}`

/** An event in the hands of one consumer, until it is settled. */
export interface Delivery {
  readonly place: Place
  readonly payload: string
}

/** An encoded `Alert` with what the queue needs to know of it. */
export interface AlertParcel {
  readonly id: string
  readonly signature: string
  readonly payload: string
}

/** How one delivery ended. */
export type Settlement =
  | { readonly _tag: "forwarded"; readonly place: Place; readonly alert: AlertParcel }
  | { readonly _tag: "suppressed"; readonly place: Place }
  | { readonly _tag: "unmatched"; readonly place: Place; readonly fingerprint: string }
  /** `letter` is an encoded `DeadLetter` without `entryId`, `queue` and `at`. */
  | { readonly _tag: "dead"; readonly place: Place; readonly letter: string }

export interface MetaAlerts {
  /** Like events that raise one meta-alert, and the window they are counted in, which is also how long it stays quiet afterwards. */
  readonly threshold: number
  readonly windowMs: number
  /** The alert to raise for a fingerprint of the batch, should its count be reached. Asked only then, which is seldom. */
  readonly candidates: Pick<ReadonlyMap<string, AlertParcel>, "get">
}

export interface Settled {
  readonly forwarded: number
  readonly suppressed: number
  readonly unmatched: number
  readonly dead: number
  readonly metaAlerts: number
  /** Deliveries that somebody else had settled already; they had no effect. */
  readonly repeated: number
}

/** Accepted events on their way to the alerter. Once `accepted`, an event is there until it is settled, whatever crashes. */
export class EventQueue extends Context.Service<EventQueue, {
  /** Checks limits, appends and counts, in one atomic step for all parcels. One receipt for each, in order. */
  readonly append: (
    parcels: ReadonlyArray<Parcel>,
    limits: AppendLimits
  ) => Effect.Effect<ReadonlyArray<Receipt>, QueueUnavailable>
  /**
   * New events, oldest first, `count` of them or a few more, since some that were stored together are given out together; waits up to
   * `blockMs` for the first, and gives fewer when no more are there.
   */
  readonly read: (
    consumer: string,
    count: number,
    blockMs: number
  ) => Effect.Effect<ReadonlyArray<Delivery>, QueueUnavailable>
  /** Takes over events that another consumer (or this one, before a restart) has held for `minIdleMs`; as many as `read` gives. */
  readonly reclaim: (
    consumer: string,
    minIdleMs: number,
    count: number
  ) => Effect.Effect<ReadonlyArray<Delivery>, QueueUnavailable>
  /** Acknowledges, hands alerts over, counts, dead-letters: one atomic step. A delivery settled before is skipped whole. */
  readonly settle: (
    settlements: ReadonlyArray<Settlement>,
    metaAlerts: MetaAlerts
  ) => Effect.Effect<Settled, QueueUnavailable>
  /** Events waiting or in hand, and the age of the oldest. */
  readonly backlog: Effect.Effect<{ readonly depth: number; readonly oldestMs: number }, QueueUnavailable>
}>()("mutt/layers/queue/EventQueue") {}

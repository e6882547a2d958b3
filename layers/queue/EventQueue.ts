import { Context, type Effect } from "effect"
import type { QuarantineReason } from "../../src/domain/Event.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/** A record that could not become an event. */
export interface RefusedRecord {
  /** An encoded `Quarantined`. */
  readonly text: string
  readonly reason: QuarantineReason
  /** Address it came from where the sender has no key of its own. */
  readonly peer?: string | undefined
}

/** What one request (or one turn of a listener) wants stored: all of it or nothing. */
export interface EventBatch {
  /** Whose rate limit, share of the queue and share of the quarantine it counts towards. */
  readonly sender: string
  /** Each an encoded `Event`. */
  readonly events: ReadonlyArray<string>
  readonly quarantined: ReadonlyArray<RefusedRecord>
}

/** A batch as the queue's room sees it. */
export interface Load {
  readonly sender: string
  readonly events: number
  readonly bytes: number
}

export interface AppendLimits {
  /**
   * Events the queue may hold, those being processed included, and their bytes. Half of it anyone may fill; of the rest a sender may
   * fill as much as it leaves free. An empty queue takes a batch of any size.
   */
  readonly capacity: number
  readonly capacityBytes: number
  /** Records one sender may append per window. A full bucket takes a batch of any size and is in debt then. */
  readonly rate: number
  readonly rateWindowMs: number
  readonly quarantine: QuarantineLimits
}

/** A sender may hold as much of the quarantine as is left free, and a peer as much as its sender may still take. */
export interface QuarantineLimits {
  readonly records: number
  readonly bytes: number
  /** Older records make room. */
  readonly keptMs: number
}

export type AppendResult =
  /** `overShare`: which of the quarantined records were counted and not kept. */
  | { readonly _tag: "accepted"; readonly depth: number; readonly overShare?: ReadonlyArray<number> }
  | { readonly _tag: "full"; readonly depth: number; readonly limit: FullBy }
  | { readonly _tag: "limited"; readonly retryAfterMs: number }

/** What there is no room in: the events or the bytes of the queue, or the sender's share of it. */
export type FullBy = "events" | "bytes" | "share"

/** Where an event is: in which entry of the stream, at which place in it, and how many events and bytes that holds. */
export interface EventPosition {
  readonly entry: string
  /** From 0. */
  readonly index: number
  readonly size: number
  readonly bytes: number
}

/** For people, and to tell places apart: `<entry>`, or `<entry>/<index>/<size>` where an entry holds several. */
export const positionText = ({ entry, index, size }: EventPosition): string =>
  size === 1 ? entry : `${entry}/${index}/${size}`

/** An event in the hands of one consumer, until it is settled. */
export interface Delivery {
  readonly position: EventPosition
  readonly payload: string
}

/** An encoded `Alert` with what the queue needs to know of it. */
export interface EncodedAlert {
  readonly id: string
  readonly signature: string
  readonly payload: string
}

/** How one delivery ended. */
export type Outcome =
  | { readonly _tag: "forwarded"; readonly position: EventPosition; readonly alert: EncodedAlert }
  | { readonly _tag: "suppressed"; readonly position: EventPosition }
  | { readonly _tag: "unmatched"; readonly position: EventPosition; readonly fingerprint: string }
  /** `letter` is an encoded `DeadLetter` without `entryId`, `queue` and `at`. */
  | { readonly _tag: "dead"; readonly position: EventPosition; readonly letter: string }

export interface MetaAlerts {
  /** Like events that raise one meta-alert, and the window they are counted in, which is also how long it stays quiet afterwards. */
  readonly threshold: number
  readonly windowMs: number
  /** The alert to raise for a fingerprint of the batch, should its count be reached. Asked only then, which is seldom. */
  readonly candidates: Pick<ReadonlyMap<string, EncodedAlert>, "get">
}

export interface Acknowledged {
  readonly forwarded: number
  readonly suppressed: number
  readonly unmatched: number
  readonly dead: number
  readonly metaAlerts: number
  /** Deliveries that somebody else had settled already; they had no effect. */
  readonly repeated: number
}

/** Events waiting or in hand, their bytes, and the age of the oldest. */
export interface EventBacklog {
  readonly depth: number
  readonly bytes: number
  readonly oldestMs: number
}

/** Accepted events on their way to the alerter. Once `accepted`, an event is there until it is settled, whatever crashes. */
export class EventQueue extends Context.Service<EventQueue, {
  /** Checks limits, appends and counts, in one atomic step for all batches. One result for each, in order. */
  readonly append: (
    eventBatches: ReadonlyArray<EventBatch>,
    limits: AppendLimits
  ) => Effect.Effect<ReadonlyArray<AppendResult>, QueueUnavailable>
  /**
   * What there is no room in for such a batch now; nothing when an append would take it. Fails where an append would fail: it is asked of
   * the server as one that writes.
   */
  readonly room: (
    load: Load,
    limits: Pick<AppendLimits, "capacity" | "capacityBytes">
  ) => Effect.Effect<FullBy | undefined, QueueUnavailable>
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
  readonly acknowledge: (
    outcomes: ReadonlyArray<Outcome>,
    metaAlerts: MetaAlerts
  ) => Effect.Effect<Acknowledged, QueueUnavailable>
  readonly backlog: Effect.Effect<EventBacklog, QueueUnavailable>
}>()("mutt/layers/queue/EventQueue") {}

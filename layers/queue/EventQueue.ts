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

/** Names a batch for ten minutes: sent again with the same id and content, it is not stored again. */
export interface BatchId {
  readonly id: string
  /** Tells one content from another, without a space. */
  readonly content: string
}

/** Names a call for a minute. A lane has one call under way at a time, and each gets a higher number. */
export interface CallId {
  readonly lane: string
  readonly turn: number
}

/** What one request, or one turn of a listener, wants stored: all of it or nothing. */
export interface EventBatch {
  readonly named?: BatchId | undefined
  /** Its rate limit and its shares of the queue and the quarantine count. */
  readonly sender: string
  /** Each an encoded `Event`. */
  readonly events: ReadonlyArray<string>
  readonly quarantined: ReadonlyArray<RefusedRecord>
}

/** The size of a batch. */
export interface Load {
  readonly sender: string
  readonly events: number
  readonly bytes: number
}

export interface AppendLimits {
  /**
   * The queue holds so many events, those being processed included, and so many bytes. Anyone may fill half of it; of
   * the rest a sender may fill as much as it leaves free. An empty queue takes a batch of any size.
   */
  readonly capacity: number
  readonly capacityBytes: number
  /** A sender may append so many records per window. A full bucket takes a batch of any size and is in debt then. */
  readonly rate: number
  readonly rateWindowMs: number
  readonly quarantine: QuarantineLimits
}

export type QueueRoom = Pick<AppendLimits, "capacity" | "capacityBytes">

/** A sender may hold as much of the quarantine as is left free, and a peer as much as its sender may still take. */
export interface QuarantineLimits {
  readonly records: number
  readonly bytes: number
  /** Older records make room. */
  readonly keptMs: number
}

export type AppendResult =
  /**
   * `overShare`: which of the quarantined records were counted and not kept. `repeated`: the batch was stored before,
   * and this is how that went.
   */
  | {
    readonly _tag: "accepted"
    readonly depth: number
    readonly overShare?: ReadonlyArray<number>
    readonly repeated?: true
  }
  /** Its id came with another content before. */
  | { readonly _tag: "conflict" }
  | { readonly _tag: "full"; readonly depth: number; readonly limit: FullBy }
  | { readonly _tag: "limited"; readonly retryAfterMs: number }

/** The limit that was reached: of the queue's events, its bytes, or the sender's share. */
export type FullBy = "events" | "bytes" | "share"

/** Where an event is: its entry of the stream, its index there, and what that entry holds. */
export interface EventPosition {
  readonly entry: string
  /** From 0. */
  readonly index: number
  readonly size: number
  readonly bytes: number
}

/** Names a position for people: `<entry>`, or `<entry>/<index>/<size>` where an entry holds several events. */
export const positionText = ({ entry, index, size }: EventPosition): string =>
  size === 1 ? entry : `${entry}/${index}/${size}`

/** An event that one consumer holds until it acknowledges it. */
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

/** An event with a row in the record. */
interface Recorded {
  readonly position: EventPosition
  /** RFC 3339, as in its row: it is counted in that hour. Absent: it is not. */
  readonly receivedAt?: string | undefined
}

/** How one delivery ended. */
export type Outcome =
  | { readonly _tag: "forwarded"; readonly alert: EncodedAlert } & Recorded
  | { readonly _tag: "suppressed" } & Recorded
  | { readonly _tag: "unmatched"; readonly fingerprint: string } & Recorded
  /** `letter` is an encoded `DeadLetter` without `entryId`, `queue` and `at`. */
  | { readonly _tag: "dead"; readonly position: EventPosition; readonly letter: string }

export interface MetaAlerts {
  /** So many like events within the window raise one meta-alert, which then stays quiet as long. */
  readonly threshold: number
  readonly windowMs: number
  /** The alert to raise for a fingerprint whose count is reached. Asked only then, which is seldom. */
  readonly candidates: Pick<ReadonlyMap<string, EncodedAlert>, "get">
}

export interface Acknowledged {
  readonly forwarded: number
  readonly suppressed: number
  readonly unmatched: number
  readonly dead: number
  readonly metaAlerts: number
  /** Deliveries that were acknowledged before; they had no effect. */
  readonly repeated: number
}

/** Events that wait or are held by a consumer, their bytes, and the age of the oldest. */
export interface EventBacklog {
  readonly depth: number
  readonly bytes: number
  readonly oldestMs: number
}

/** Keeps accepted events until the alerter acknowledges them, whatever crashes. */
export class EventQueue extends Context.Service<EventQueue, {
  /**
   * Checks limits, appends and counts all batches in one atomic step. One result for each, in order. A call with an id
   * may be sent again when its answer was lost: it is done once.
   */
  readonly append: (
    eventBatches: ReadonlyArray<EventBatch>,
    limits: AppendLimits,
    call?: CallId
  ) => Effect.Effect<ReadonlyArray<AppendResult>, QueueUnavailable>
  /**
   * Says which limit an append of this size would reach now, if any. It fails where an append would fail, since the
   * server takes it for a write.
   */
  readonly room: (
    load: Load,
    limits: QueueRoom
  ) => Effect.Effect<FullBy | undefined, QueueUnavailable>
  /**
   * Reads new events, oldest first: `count`, or a few more since an entry is given out whole, or fewer when no more are
   * there. It waits up to `blockMs` for the first.
   */
  readonly read: (
    consumer: string,
    count: number,
    blockMs: number
  ) => Effect.Effect<ReadonlyArray<Delivery>, QueueUnavailable>
  /** Takes over what a consumer, maybe this one before a restart, has held for `minIdleMs`; as many as `read`. */
  readonly reclaim: (
    consumer: string,
    minIdleMs: number,
    count: number
  ) => Effect.Effect<ReadonlyArray<Delivery>, QueueUnavailable>
  /** Ends deliveries as their outcomes say, in one atomic step. One that was acknowledged before is skipped whole. */
  readonly acknowledge: (
    outcomes: ReadonlyArray<Outcome>,
    metaAlerts: MetaAlerts
  ) => Effect.Effect<Acknowledged, QueueUnavailable>
  readonly backlog: Effect.Effect<EventBacklog, QueueUnavailable>
}>()("mutt/layers/queue/EventQueue") {}

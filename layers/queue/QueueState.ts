import { Context, Latch, Layer } from "effect"
import type { Attempt } from "../../src/domain/DeadLetter.ts"
import type { EncodedAlert } from "./EventQueue.ts"
import { recentLimit } from "./limits.ts"
import { makeQuarantine } from "./quarantineMemory.ts"
import { bytesOf, eventsOf, type StreamEntry } from "./streamEntry.ts"

export interface HeldAlert extends EncodedAlert {
  readonly attempts: ReadonlyArray<Attempt>
  readonly tries: number
  /** Empty while nobody holds it. */
  readonly lease: string
}

/** Of an entry that is in hand the events, without those that are settled, and since when it is. */
export interface HeldEntry {
  readonly events: Array<string | undefined>
  at: number
}

export interface Letter {
  readonly payload: string
  readonly reason: string
  readonly detail: string
  readonly attempts: ReadonlyArray<Attempt>
}

export type Counter =
  | "accepted"
  | "quarantined"
  | "forwarded"
  | "suppressed"
  | "unmatched"
  | "metaAlerts"
  | "delivered"
  | "eventsDiscarded"
  | "alertsDiscarded"
  | "quarantineReplayed"
  | "quarantineDiscarded"
  | "quarantineTrimmed"
  | "quarantineOverShare"

export interface Bucket {
  readonly left: number
  readonly at: number
}

export interface Breaker {
  readonly state: "closed" | "open" | "half_open"
  readonly failures: number
  readonly since: number
  readonly probe: { readonly lease: string; readonly ends: number } | undefined
}

export const closedBreaker: Breaker = { state: "closed", failures: 0, since: 0, probe: undefined }

/** One partition in memory: what the Redis adapters keep under `queueKeys`. A function that changes it runs to its end, as a script does. */
export const makeQueueState = () => {
  let stamp = { millis: 0, count: 0 }
  const alerts = new Map<string, HeldAlert>()
  /** Ids by signature, oldest first. */
  const lanes = new Map<string, Array<string>>()
  const due = new Map<string, number>()
  const recent = new Set<string>()
  const counters = new Map<string, number>()
  /** Bytes of each entry of the stream. */
  const sizes = new Map<string, number>()
  let bytes = 0

  const state = {
    /** Accepted events nobody has read, and those in hand, by entry. */
    unread: new Map<string, ReadonlyArray<string>>(),
    inHand: new Map<string, HeldEntry>(),
    waiting: (): number => {
      let events = 0
      for (const bundle of state.unread.values()) events += bundle.length
      for (const held of state.inHand.values()) for (const event of held.events) if (event !== undefined) events++
      return events
    },
    waitingBytes: () => bytes,
    arrived: Latch.makeUnsafe(),

    /** Makes an entry of the stream. */
    store: (now: number, bundle: StreamEntry) => {
      const entry = state.entryId(now)
      const size = bytesOf(bundle.text)
      state.unread.set(entry, eventsOf(bundle))
      sizes.set(entry, size)
      bytes += size
      state.arrived.openUnsafe()
    },
    /** Deletes one that is in hand. */
    remove: (entry: string) => {
      state.inHand.delete(entry)
      bytes -= state.sizeOf(entry)
      sizes.delete(entry)
    },
    sizeOf: (entry: string) => sizes.get(entry) ?? 0,
    /** What each sender put into the upper half of the queue; absent while that is less than half full. */
    fillers: undefined as Map<string, { readonly events: number; readonly bytes: number }> | undefined,
    dead: new Map<string, Letter>(),
    quarantine: makeQuarantine(),
    alertsDead: new Map<string, Letter & EncodedAlert>(),
    counters,
    rates: new Map<string, number>(),
    senders: new Map<string, Bucket>(),
    unhandled: new Map<string, { count: number; quiet: boolean; ends: number }>(),
    alerts,
    /** When the head of each lane may be claimed. */
    due,
    delivery: { bucket: undefined as Bucket | undefined, breaker: closedBreaker, leases: 0 },

    add: (counter: Counter, count = 1) => void counters.set(counter, (counters.get(counter) ?? 0) + count),
    counted: (counter: Counter) => counters.get(counter) ?? 0,

    /** Grows, also when the clock does not. */
    entryId: (now: number) => {
      stamp = now > stamp.millis ? { millis: now, count: 0 } : { millis: stamp.millis, count: stamp.count + 1 }
      return `${stamp.millis}-${stamp.count}`
    },

    joinLane: (now: number, alert: EncodedAlert, attempts: ReadonlyArray<Attempt>) => {
      const lane = lanes.get(alert.signature) ?? []
      lanes.set(alert.signature, lane)
      if (lane.length === 0) due.set(alert.id, now)
      lane.push(alert.id)
      alerts.set(alert.id, { ...alert, attempts, tries: 0, lease: "" })
    },

    /** False when the same id is here or was handed over a short while ago. */
    handOver: (now: number, alert: EncodedAlert): boolean => {
      if (recent.has(alert.id) || alerts.has(alert.id)) return false
      state.joinLane(now, alert, [])
      recent.add(alert.id)
      for (const oldest of recent) {
        if (recent.size <= recentLimit) break
        recent.delete(oldest)
      }
      return true
    },

    leaveLane: (now: number, { id, signature }: EncodedAlert) => {
      const lane = (lanes.get(signature) ?? []).filter((other) => other !== id)
      alerts.delete(id)
      due.delete(id)
      if (lane.length === 0) lanes.delete(signature)
      else lanes.set(signature, lane)
      const [following] = lane
      if (following !== undefined && !due.has(following)) due.set(following, now)
    }
  }
  return state
}

export class QueueState extends Context.Service<QueueState, ReturnType<typeof makeQueueState>>()(
  "mutt/layers/queue/QueueState"
) {
  static readonly layer = Layer.sync(QueueState, makeQueueState)
}

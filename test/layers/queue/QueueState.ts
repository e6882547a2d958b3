import { Context, Latch, Layer } from "effect"
import type { Counter } from "../../../layers/queue/Books.ts"
import type { AppendResult, EncodedAlert } from "../../../layers/queue/EventQueue.ts"
import { recentLimit } from "../../../layers/queue/limits.ts"
import { bytesOf, eventsOf, type StreamEntry } from "../../../layers/queue/streamEntry.ts"
import type { Attempt } from "../../../src/domain/DeadLetter.ts"
import type { AlertDelivery } from "../../../src/domain/Delivery.ts"
import { makeQuarantine } from "./quarantineMemory.ts"

export interface HeldAlert extends EncodedAlert {
  readonly attempts: ReadonlyArray<Attempt>
  readonly tries: number
  /** Empty while nobody holds it. */
  readonly lease: string
}

/** An entry of the stream: its events that are not acknowledged, its bytes, and when it was given out. */
interface Entry {
  readonly events: Array<string | undefined>
  readonly bytes: number
  at: number
}

export interface DeadRecord {
  readonly payload: string
  readonly reason: string
  readonly detail: string
  readonly attempts: ReadonlyArray<Attempt>
}

export type StoredBefore = Extract<AppendResult, { readonly _tag: "accepted" }>

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

/** One partition in memory, as the Redis adapters keep it under `queueKeys`. Its functions are atomic. */
export const makeQueueState = () => {
  let stamp = { millis: 0, count: 0 }
  const alerts = new Map<string, HeldAlert>()
  /** Ids by signature, oldest first. */
  const bySignature = new Map<string, Array<string>>()
  const due = new Map<string, number>()
  const recent = new Set<string>()
  const counters = new Map<Counter, number>()
  let bytes = 0

  const state = {
    /** Entries that nobody has read, and those that are given out, by entry id. */
    unread: new Map<string, Entry>(),
    pending: new Map<string, Entry>(),
    waiting: (): number => {
      let events = 0
      for (const entries of [state.unread, state.pending]) {
        for (const entry of entries.values()) for (const event of entry.events) if (event !== undefined) events++
      }
      return events
    },
    waitingBytes: () => bytes,
    arrived: Latch.makeUnsafe(),

    addEntry: (now: number, entry: StreamEntry) => {
      const size = bytesOf(entry.text)
      state.unread.set(state.entryId(now), { events: [...eventsOf(entry)], bytes: size, at: now })
      bytes += size
      state.arrived.openUnsafe()
    },
    /** Deletes a pending entry. */
    removeEntry: (id: string) => {
      bytes -= state.pending.get(id)?.bytes ?? 0
      state.pending.delete(id)
    },
    /** What each sender put into the upper half of the queue; absent while the queue is less than half full. */
    queueShares: undefined as Map<string, { readonly events: number; readonly bytes: number }> | undefined,
    dead: new Map<string, DeadRecord>(),
    quarantine: makeQuarantine(),
    alertsDead: new Map<string, DeadRecord & EncodedAlert>(),
    rates: new Map<string, number>(),
    /** `<hour> <f, s or u>` → settled events, and `since`. */
    settled: new Map<string, number>(),
    senders: new Map<string, Bucket>(),
    /** Newest call of each lane. */
    calls: new Map<
      string,
      { readonly turn: number; readonly at: number; readonly results: ReadonlyArray<AppendResult> }
    >(),
    /** Batches stored under an id, oldest first. */
    batchIds: new Map<string, { readonly content: string; readonly at: number; readonly result: StoredBefore }>(),
    unhandled: new Map<string, { count: number; quiet: boolean; ends: number }>(),
    alerts,
    /** Deliveries that nobody stored, by entry id. */
    deliveries: new Map<string, AlertDelivery>(),
    /** When the first alert of each signature may be claimed. */
    due,
    delivery: { bucket: undefined as Bucket | undefined, breaker: closedBreaker, leases: 0 },

    add: (counter: Counter, count = 1) => void counters.set(counter, (counters.get(counter) ?? 0) + count),
    resetCounters: () => counters.clear(),
    counted: (counter: Counter) => counters.get(counter) ?? 0,

    /** Ids that grow, also when the clock does not. */
    entryId: (now: number) => {
      stamp = now > stamp.millis ? { millis: now, count: 0 } : { millis: stamp.millis, count: stamp.count + 1 }
      return `${stamp.millis}-${stamp.count}`
    },

    enqueueAlert: (now: number, alert: EncodedAlert, attempts: ReadonlyArray<Attempt>) => {
      const ids = bySignature.get(alert.signature) ?? []
      bySignature.set(alert.signature, ids)
      if (ids.length === 0) due.set(alert.id, now)
      ids.push(alert.id)
      alerts.set(alert.id, { ...alert, attempts, tries: 0, lease: "" })
    },

    /** False when its id is here or was enqueued a short while ago. */
    enqueueNewAlert: (now: number, alert: EncodedAlert): boolean => {
      if (recent.has(alert.id) || alerts.has(alert.id)) return false
      state.enqueueAlert(now, alert, [])
      recent.add(alert.id)
      for (const oldest of recent) {
        if (recent.size <= recentLimit) break
        recent.delete(oldest)
      }
      return true
    },

    removeAlert: (now: number, { id, signature }: EncodedAlert) => {
      const ids = (bySignature.get(signature) ?? []).filter((other) => other !== id)
      alerts.delete(id)
      due.delete(id)
      if (ids.length === 0) bySignature.delete(signature)
      else bySignature.set(signature, ids)
      const [following] = ids
      if (following !== undefined && !due.has(following)) due.set(following, now)
    }
  }
  return state
}

export class QueueState extends Context.Service<QueueState, ReturnType<typeof makeQueueState>>()(
  "mutt/test/layers/queue/QueueState"
) {
  static readonly layer = Layer.sync(QueueState, makeQueueState)
}

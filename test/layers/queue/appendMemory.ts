import { Effect } from "effect"
import type {
  AppendLimits,
  AppendResult,
  BatchId,
  CallId,
  EventBatch,
  FullBy,
  Load,
  QueueRoom
} from "../../../layers/queue/EventQueue.ts"
import { batchIdKeptMs, batchIdLimit, callKeptMs, rateSpans, senderLimit } from "../../../layers/queue/limits.ts"
import { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { bytesOf, joinEntries, streamEntriesOf, type StreamEntry } from "../../../layers/queue/streamEntry.ts"
import type { QueueState, StoredBefore } from "./QueueState.ts"

type State = QueueState["Service"]

/** Does what the script `append` does in Redis. */
export const appendOnce = (
  state: State,
  now: number,
  eventBatches: ReadonlyArray<EventBatch>,
  limits: AppendLimits,
  call: CallId | undefined
): Effect.Effect<ReadonlyArray<AppendResult>, QueueUnavailable> => {
  if (call === undefined) return Effect.succeed(append(state, now, eventBatches, limits))
  const before = state.calls.get(call.lane)
  if (before !== undefined && before.turn > call.turn) {
    return new QueueUnavailable({ operation: "queue.append", detail: "reply: STALE", outcome: "unchanged" })
  }
  if (before?.turn === call.turn) return Effect.succeed(before.results)
  const results = append(state, now, eventBatches, limits)
  state.calls.set(call.lane, { turn: call.turn, at: now, results })
  return Effect.succeed(results)
}

const append = (
  state: State,
  now: number,
  eventBatches: ReadonlyArray<EventBatch>,
  limits: AppendLimits
): ReadonlyArray<AppendResult> => {
  const { quarantine, rate, rateWindowMs } = limits
  let depth = state.waiting()
  let bytes = state.waitingBytes()
  if (depth < Math.floor(limits.capacity / 2) && bytes < Math.floor(limits.capacityBytes / 2)) {
    state.queueShares = undefined
  }
  for (const [lane, { at }] of state.calls) if (at < now - callKeptMs) state.calls.delete(lane)
  const accepted: Array<StreamEntry> = []
  const results = eventBatches.map(({ events, named, quarantined, sender }): AppendResult => {
    const before = named === undefined ? undefined : state.batchIds.get(named.id)
    if (before !== undefined) {
      return before.content === named?.content ? { ...before.result, repeated: true } : { _tag: "conflict" }
    }
    const entries = streamEntriesOf(events)
    const size = events.length
    const weight = entries.reduce((sum, { text }) => sum + bytesOf(text), 0)
    const bucket = state.senders.get(sender) ?? { left: rate, at: now }
    const tokens = Math.min(rate, bucket.left + Math.max(0, now - bucket.at) * rate / rateWindowMs)
    const records = size + quarantined.length
    const needed = Math.min(records, rate)
    const load = { sender, events: size, bytes: weight }
    const limit = size === 0 ? undefined : fullBy(state, load, { depth, bytes }, limits)
    if (limit !== undefined) return { _tag: "full", depth, limit }
    if (records > 0 && tokens + 1e-6 < needed) {
      return { _tag: "limited", retryAfterMs: Math.max(1, Math.ceil((needed - tokens) * rateWindowMs / rate - 1e-6)) }
    }
    accepted.push(...entries)
    const overShare = setAside(state, now, sender, quarantined, quarantine)
    addToShare(state, load, { depth, bytes }, limits)
    if (records > 0) state.senders.set(sender, { left: tokens - records, at: now })
    if (size > 0) {
      state.add("accepted", size)
      countRates(state, now, size)
    }
    depth += size
    bytes += weight
    const result = { _tag: "accepted", depth, ...(overShare.length === 0 ? {} : { overShare }) } as const
    if (named !== undefined) rememberBatch(state, now, named, result)
    return result
  })
  for (const entry of joinEntries(accepted)) state.addEntry(now, entry)
  return results
}

const rememberBatch = ({ batchIds }: State, now: number, { content, id }: BatchId, result: StoredBefore) => {
  batchIds.set(id, { content, at: now, result })
  for (const [oldest, { at }] of batchIds) {
    if (at > now - batchIdKeptMs && batchIds.size <= batchIdLimit) break
    batchIds.delete(oldest)
  }
}

/** What the queue holds before a batch. */
interface Level {
  readonly depth: number
  readonly bytes: number
}

/** Says how much of a batch comes above the half that anyone may fill. */
const aboveHalf = (load: Load, { bytes, depth }: Level, { capacity, capacityBytes }: QueueRoom) => ({
  events: Math.max(0, Math.min(load.events, depth + load.events - Math.floor(capacity / 2))),
  bytes: Math.max(0, Math.min(load.bytes, bytes + load.bytes - Math.floor(capacityBytes / 2)))
})

/** Says what there is no room in for a batch. */
export const fullBy = ({ queueShares }: State, load: Load, level: Level, room: QueueRoom): FullBy | undefined => {
  if (level.depth === 0) return undefined
  const free = room.capacity - level.depth - load.events
  const freeBytes = room.capacityBytes - level.bytes - load.bytes
  if (free < 0) return "events"
  if (freeBytes < 0) return "bytes"
  const above = aboveHalf(load, level, room)
  if (above.events === 0 && above.bytes === 0) return undefined
  const own = queueShares?.get(load.sender) ?? { events: 0, bytes: 0 }
  return own.events + above.events > free || own.bytes + above.bytes > freeBytes ? "share" : undefined
}

const addToShare = (state: State, load: Load, level: Level, room: QueueRoom): void => {
  const above = aboveHalf(load, level, room)
  if (above.events === 0 && above.bytes === 0) return
  const shares = state.queueShares ??= new Map()
  const own = shares.get(load.sender) ?? { events: 0, bytes: 0 }
  shares.set(load.sender, { events: own.events + above.events, bytes: own.bytes + above.bytes })
}

/** Quarantines records and returns which are not kept. */
const setAside = (
  { add, entryId, quarantine }: State,
  now: number,
  sender: string,
  records: EventBatch["quarantined"],
  limits: AppendLimits["quarantine"]
): ReadonlyArray<number> => {
  if (records.length === 0) return []
  const trimmed = quarantine.trim(now - limits.keptMs)
  const overShare = records.flatMap(({ peer, text }, index) =>
    quarantine.setAside(() => entryId(now), sender, peer, text, limits) ? [] : [index]
  )
  add("quarantined", records.length)
  if (trimmed > 0) add("quarantineTrimmed", trimmed)
  if (overShare.length > 0) add("quarantineOverShare", overShare.length)
  return overShare
}

const countRates = ({ rates, senders }: State, now: number, size: number) => {
  const [minute, hour, day] = [Math.floor(now / 60_000), Math.floor(now / 3_600_000), Math.floor(now / 86_400_000)]
  const first = !rates.has(`m:${minute}`)
  for (const field of [`m:${minute}`, `h:${hour}`, `d:${day}`]) rates.set(field, (rates.get(field) ?? 0) + size)
  if (!first) return
  const oldest: Readonly<Record<string, number>> = {
    m: minute - rateSpans.minutes + 1,
    h: hour - rateSpans.hours + 1,
    d: day - rateSpans.days + 1
  }
  for (const field of rates.keys()) {
    if (Number(field.slice(2)) < (oldest[field.slice(0, 1)] ?? 0)) rates.delete(field)
  }
  if (senders.size > senderLimit) senders.clear()
}

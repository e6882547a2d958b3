import type { AppendLimits, AppendResult, EventBatch, FullBy, Load } from "./EventQueue.ts"
import { rateSpans, senderLimit } from "./limits.ts"
import type { QueueState } from "./QueueState.ts"
import { bytesOf, joinEntries, streamEntriesOf, type StreamEntry } from "./streamEntry.ts"

type State = QueueState["Service"]

/** Appends in memory as the script `append` does in Redis. */
export const append = (
  state: State,
  now: number,
  eventBatches: ReadonlyArray<EventBatch>,
  limits: AppendLimits
): ReadonlyArray<AppendResult> => {
  const { quarantine, rate, rateWindowMs } = limits
  let depth = state.waiting()
  let bytes = state.waitingBytes()
  if (depth < Math.floor(limits.capacity / 2) && bytes < Math.floor(limits.capacityBytes / 2)) state.fillers = undefined
  const accepted: Array<StreamEntry> = []
  const results = eventBatches.map(({ events, quarantined, sender }): AppendResult => {
    const entries = streamEntriesOf(events)
    const size = events.length
    const weight = entries.reduce((sum, { text }) => sum + bytesOf(text), 0)
    const bucket = state.senders.get(sender) ?? { left: rate, at: now }
    const tokens = Math.min(rate, bucket.left + Math.max(0, now - bucket.at) * rate / rateWindowMs)
    const records = size + quarantined.length
    const needed = Math.min(records, rate)
    const filling = { sender, size, weight, depth, bytes }
    const limit = size === 0 ? undefined : fullBy(state, filling, limits)
    if (limit !== undefined) return { _tag: "full", depth, limit }
    if (records > 0 && tokens + 1e-6 < needed) {
      return { _tag: "limited", retryAfterMs: Math.max(1, Math.ceil((needed - tokens) * rateWindowMs / rate - 1e-6)) }
    }
    accepted.push(...entries)
    const overShare = setAside(state, now, sender, quarantined, quarantine)
    fill(state, filling, limits)
    if (records > 0) state.senders.set(sender, { left: tokens - records, at: now })
    if (size > 0) {
      state.add("accepted", size)
      countRates(state, now, size)
    }
    depth += size
    bytes += weight
    return { _tag: "accepted", depth, ...(overShare.length === 0 ? {} : { overShare }) }
  })
  for (const entry of joinEntries(accepted)) state.addEntry(now, entry)
  return results
}

/** What there is no room in for such a batch. */
export const roomFor = (state: State, { bytes, events, sender }: Load, limits: Room): FullBy | undefined =>
  fullBy(
    state,
    { sender, size: events, weight: bytes, depth: state.waiting(), bytes: state.waitingBytes() },
    limits
  )

type Room = Pick<AppendLimits, "capacity" | "capacityBytes">

interface Filling {
  readonly sender: string
  readonly size: number
  readonly weight: number
  /** Of the queue before it. */
  readonly depth: number
  readonly bytes: number
}

/** How much of a batch comes above the halves that anyone may fill. */
const aboveHalf = ({ bytes, depth, size, weight }: Filling, { capacity, capacityBytes }: Room) => ({
  events: Math.max(0, Math.min(size, depth + size - Math.floor(capacity / 2))),
  bytes: Math.max(0, Math.min(weight, bytes + weight - Math.floor(capacityBytes / 2)))
})

const fullBy = ({ fillers }: State, filling: Filling, limits: Room): FullBy | undefined => {
  const { bytes, depth, sender, size, weight } = filling
  if (depth === 0) return undefined
  const free = limits.capacity - depth - size
  const freeBytes = limits.capacityBytes - bytes - weight
  if (free < 0) return "events"
  if (freeBytes < 0) return "bytes"
  const above = aboveHalf(filling, limits)
  if (above.events === 0 && above.bytes === 0) return undefined
  const own = fillers?.get(sender) ?? { events: 0, bytes: 0 }
  return own.events + above.events > free || own.bytes + above.bytes > freeBytes ? "share" : undefined
}

const fill = (state: State, filling: Filling, limits: AppendLimits): void => {
  const above = aboveHalf(filling, limits)
  if (above.events === 0 && above.bytes === 0) return
  const fillers = state.fillers ??= new Map()
  const own = fillers.get(filling.sender) ?? { events: 0, bytes: 0 }
  fillers.set(filling.sender, { events: own.events + above.events, bytes: own.bytes + above.bytes })
}

/** Which of the records are not kept. */
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

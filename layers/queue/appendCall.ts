import type { AppendLimits, AppendResult, EventBatch, FullBy } from "./EventQueue.ts"
import { int, list, text } from "./replies.ts"
import { append } from "./scripts.ts"
import { streamEntriesOf } from "./streamEntry.ts"

export const appendCall = (
  eventBatches: ReadonlyArray<EventBatch>,
  { capacity, capacityBytes, quarantine, rate, rateWindowMs: window }: AppendLimits
) => {
  const call = append.call({
    capacity,
    capacityBytes,
    rate,
    window,
    quarantineRecords: quarantine.records,
    quarantineBytes: quarantine.bytes,
    quarantineKeptMs: quarantine.keptMs,
    batches: eventBatches.length
  })
  for (const { events, quarantined, sender } of eventBatches) {
    const entries = streamEntriesOf(events)
    call.add("batch", { sender, events: events.length, refused: quarantined.length, entries: entries.length })
    for (const entry of entries) call.add("entry", entry)
    for (const { peer = "", text } of quarantined) call.add("record", { peer, text })
  }
  return call
}

export const appendResultsOf = (reply: unknown, eventBatches: number): ReadonlyArray<AppendResult> => {
  const flat = list(reply)
  const made: Array<AppendResult> = []
  for (let index = 0; index < 2 * eventBatches; index += 2) {
    made.push(resultOf(text(flat[index]), int(flat[index + 1])))
  }
  for (let index = 2 * eventBatches; index + 1 < flat.length; index += 2) {
    const batch = int(flat[index]) - 1
    const result = made[batch]
    if (result?._tag === "accepted") made[batch] = { ...result, overShare: onesOf(text(flat[index + 1])) }
  }
  return made
}

const resultOf = (tag: string, number: number): AppendResult => {
  if (tag === "accepted") return { _tag: tag, depth: number }
  if (tag === "limited") return { _tag: tag, retryAfterMs: number }
  return { _tag: "full", depth: number, limit: fullBy(tag) }
}

const onesOf = (digits: string): ReadonlyArray<number> =>
  [...digits].flatMap((digit, index) => digit === "1" ? [index] : [])

/** Reads the limit that a script says is reached. */
export const fullBy = (reply: unknown): FullBy => reply === "bytes" || reply === "share" ? reply : "events"

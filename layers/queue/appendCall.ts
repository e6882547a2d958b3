import type { AppendLimits, AppendResult, CallId, EventBatch, FullBy } from "./EventQueue.ts"
import { int, list, text } from "./replies.ts"
import { append } from "./scripts.ts"
import { streamEntriesOf } from "./streamEntry.ts"

export const appendCall = (
  eventBatches: ReadonlyArray<EventBatch>,
  { capacity, capacityBytes, quarantine, rate, rateWindowMs: window }: AppendLimits,
  { lane, turn }: CallId = unrepeated
) => {
  let named = 0
  for (const eventBatch of eventBatches) if (eventBatch.named !== undefined) named++

  const call = append.call({
    capacity,
    capacityBytes,
    rate,
    window,
    quarantineRecords: quarantine.records,
    quarantineBytes: quarantine.bytes,
    quarantineKeptMs: quarantine.keptMs,
    lane,
    turn,
    named,
    batches: eventBatches.length
  })
  if (named > 0) {
    eventBatches.forEach(({ named }, index) => {
      if (named !== undefined) call.add("name", { batch: index + 1, ...named })
    })
  }
  for (const { events, quarantined, sender } of eventBatches) {
    const entries = streamEntriesOf(events)
    call.add("batch", { sender, events: events.length, refused: quarantined.length, entries: entries.length })
    for (const entry of entries) call.add("entry", entry)
    for (const { peer = "", text } of quarantined) call.add("record", { peer, text })
  }
  return call
}

const unrepeated: CallId = { lane: "", turn: 0 }

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
  if (tag === "repeated") return { _tag: "accepted", depth: number, repeated: true }
  if (tag === "conflict") return { _tag: tag }
  if (tag === "limited") return { _tag: tag, retryAfterMs: number }
  return { _tag: "full", depth: number, limit: fullBy(tag) }
}

const onesOf = (digits: string): ReadonlyArray<number> =>
  [...digits].flatMap((digit, index) => digit === "1" ? [index] : [])

/** Reads the limit that a script says is reached. */
export const fullBy = (reply: unknown): FullBy => reply === "bytes" || reply === "share" ? reply : "events"

/** Says whether anything was stored, now or when the call came first. */
export const tookAny = (reply: unknown): boolean =>
  list(reply).some((value) => value === "accepted" || value === "repeated")

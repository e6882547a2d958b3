import type { AppendLimits, AppendResult, EventBatch, FullBy } from "./EventQueue.ts"
import { int, list, text } from "./replies.ts"
import { streamEntriesOf } from "./streamEntry.ts"

/** What the script `append` is told. */
export const appendArguments = (eventBatches: ReadonlyArray<EventBatch>, limits: AppendLimits) => {
  const { capacity, capacityBytes, quarantine, rate, rateWindowMs } = limits
  const args: Array<string | number> = [capacity, capacityBytes, rate, rateWindowMs]
  args.push(quarantine.records, quarantine.bytes, quarantine.keptMs, eventBatches.length)
  for (const { events, quarantined, sender } of eventBatches) {
    const bundles = streamEntriesOf(events)
    args.push(sender, events.length, quarantined.length, bundles.length)
    for (const { size, text } of bundles) args.push(size, text)
    for (const { peer, text } of quarantined) args.push(peer ?? "", text)
  }
  return args
}

/** What it answered. */
export const appendResultsOf = (reply: unknown, eventBatches: number): ReadonlyArray<AppendResult> => {
  const flat = list(reply)
  const made: Array<AppendResult> = []
  for (let index = 0; index < 2 * eventBatches; index += 2) {
    made.push(receiptOf(text(flat[index]), int(flat[index + 1])))
  }
  for (let index = 2 * eventBatches; index + 1 < flat.length; index += 2) {
    const eventBatch = int(flat[index]) - 1
    const receipt = made[eventBatch]
    if (receipt?._tag === "accepted") made[eventBatch] = { ...receipt, overShare: positionsOf(text(flat[index + 1])) }
  }
  return made
}

const receiptOf = (tag: string, number: number): AppendResult => {
  if (tag === "accepted") return { _tag: tag, depth: number }
  if (tag === "limited") return { _tag: tag, retryAfterMs: number }
  return { _tag: "full", depth: number, limit: fullBy(tag) }
}

const positionsOf = (digits: string): ReadonlyArray<number> =>
  [...digits].flatMap((digit, index) => digit === "1" ? [index] : [])

/** What the scripts say there is no room in. */
export const fullBy = (reply: unknown): FullBy => reply === "bytes" || reply === "share" ? reply : "events"

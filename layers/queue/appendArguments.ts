import type { AppendLimits, FullBy, Parcel, Receipt } from "./EventQueue.ts"
import { int, list, text } from "./replies.ts"
import { bundlesOf } from "./streamEntry.ts"

/** What the script `append` is told. */
export const appendArguments = (parcels: ReadonlyArray<Parcel>, limits: AppendLimits) => {
  const { capacity, capacityBytes, quarantine, rate, rateWindowMs } = limits
  const args: Array<string | number> = [capacity, capacityBytes, rate, rateWindowMs]
  args.push(quarantine.records, quarantine.bytes, quarantine.keptMs, parcels.length)
  for (const { events, quarantined, sender } of parcels) {
    const bundles = bundlesOf(events)
    args.push(sender, events.length, quarantined.length, bundles.length)
    for (const { size, text } of bundles) args.push(size, text)
    for (const { peer, text } of quarantined) args.push(peer ?? "", text)
  }
  return args
}

/** What it answered. */
export const receiptsOf = (reply: unknown, parcels: number): ReadonlyArray<Receipt> => {
  const flat = list(reply)
  const made: Array<Receipt> = []
  for (let index = 0; index < 2 * parcels; index += 2) made.push(receiptOf(text(flat[index]), int(flat[index + 1])))
  for (let index = 2 * parcels; index + 1 < flat.length; index += 2) {
    const parcel = int(flat[index]) - 1
    const receipt = made[parcel]
    if (receipt?._tag === "accepted") made[parcel] = { ...receipt, overShare: positionsOf(text(flat[index + 1])) }
  }
  return made
}

const receiptOf = (tag: string, number: number): Receipt => {
  if (tag === "accepted") return { _tag: tag, depth: number }
  if (tag === "limited") return { _tag: tag, retryAfterMs: number }
  return { _tag: "full", depth: number, limit: fullBy(tag) }
}

const positionsOf = (digits: string): ReadonlyArray<number> =>
  [...digits].flatMap((digit, index) => digit === "1" ? [index] : [])

/** What the scripts say there is no room in. */
export const fullBy = (reply: unknown): FullBy => reply === "bytes" || reply === "share" ? reply : "events"

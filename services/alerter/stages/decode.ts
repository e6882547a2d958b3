import { Effect } from "effect"
import type { DecodedEvent, Rejected, Stage } from "../Batch.ts"
import { decodeEvent } from "./decodeEvent.ts"

/** Characters between two turns of the event loop. */
const slice = 262_144

/** Reads each event of a batch. One that can't be read does not stop the others. */
export const decode: Stage = Effect.fnUntraced(function*(batch) {
  const decoded: Array<DecodedEvent> = []
  const rejected: Array<Rejected> = [...batch.rejected]
  let characters = 0
  for (const { payload, position } of batch.deliveries) {
    const event = decodeEvent(payload)
    if (typeof event !== "string") decoded.push({ position, payload, event })
    else rejected.push({ position, letter: { reason: "undecodable", detail: event, at: batch.at } })
    characters += payload.length
    if (characters < slice) continue
    characters = 0
    yield* Effect.yieldNow
  }
  return { ...batch, decoded, rejected }
})

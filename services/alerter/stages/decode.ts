import { Effect } from "effect"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import type { DecodedEvent, Rejected, Stage } from "../Batch.ts"

/** Characters to decode before the event loop turns. */
const charactersAtOnce = 262_144

/** Decodes each event of a batch. One that cannot be decoded does not stop the others. */
export const decode: Stage = Effect.fnUntraced(function*(batch) {
  const decoded: Array<DecodedEvent> = []
  const rejected: Array<Rejected> = [...batch.rejected]
  let characters = 0
  for (const { payload, position } of batch.deliveries) {
    const event = decodeEvent(payload)
    if (typeof event !== "string") decoded.push({ position, payload, event })
    else rejected.push({ position, reason: "undecodable", detail: event, at: batch.at })
    characters += payload.length
    if (characters < charactersAtOnce) continue
    characters = 0
    yield* Effect.yieldNow
  }
  return { ...batch, decoded, rejected }
})

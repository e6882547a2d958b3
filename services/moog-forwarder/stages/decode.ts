import { DateTime, Effect, Result, Schema } from "effect"
import { Alert } from "../../../src/domain/Alert.ts"
import { parseTraceparent } from "../../../src/logic/traceparent.ts"
import type { Delivery, Stage } from "../Delivery.ts"

const decodeAlert = Schema.decodeUnknownResult(Schema.fromJsonString(Alert))

/** Characters of a decoding error that are kept with a dead letter. */
const detailLimit = 500

/** Decodes the alert. A payload that is none becomes a dead letter. */
export const decode: Stage = (delivery) => {
  const decoded = decodeAlert(delivery.claimed.payload)
  if (Result.isSuccess(decoded)) {
    const alert = decoded.success
    const trace = parseTraceparent(alert.traceparent)
    return Effect.succeed(trace?.sampled === true ? { ...delivery, alert, trace } : { ...delivery, alert })
  }
  const detail = decoded.failure.message.slice(0, detailLimit)
  return Effect.map(DateTime.now, (now): Delivery => {
    const attempt = { at: DateTime.formatIso(now), reason: "undecodable", detail }
    return { ...delivery, outcome: { _tag: "dead", reason: "undecodable", attempt } }
  })
}

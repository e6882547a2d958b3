import { Clock, Effect, Metric } from "effect"
import { type DeliveryResult, Receiver } from "../../../layers/delivery/Receiver.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import type { Stage } from "../Delivery.ts"
import type { FlowControl } from "../FlowControl.ts"
import { Health } from "../Health.ts"
import { deliveryDelay, deliveryDelayClosed } from "../metrics.ts"
import { makeFailureMemory } from "./failureMemory.ts"

/** Sends the alert to the platform. */
export const makeDeliver = Effect.fnUntraced(function*(flow: FlowControl) {
  const receiver = yield* Receiver
  const health = yield* Health
  const failures = makeFailureMemory()

  const stage: Stage = Effect.fnUntraced(function*(delivery) {
    const { alert, claimed: { id } } = delivery
    if (alert === undefined) return delivery
    const attempt = failures.nextAttempt()
    const result = yield* receiver.deliver(alert).pipe(Effect.catchDefect(brokenAdapter))
    const at = yield* Clock.currentTimeMillis
    const keySuspected = flow.keySuspected()
    flow.record(result, yield* steadyMillis)
    health.record(result, at)
    if (result._tag === "delivered") {
      failures.delivered(id, attempt)
      const arrived = Date.parse(alert.receivedAt)
      if (Number.isFinite(arrived)) {
        // Of two clocks; that of the ingestor may be ahead.
        const delay = Math.max(0, at - arrived)
        yield* Metric.update(deliveryDelay, delay / 1_000)
        yield* Metric.update(deliveryDelayClosed, Math.max(0, delay - health.breakerOpenWithin(arrived, at)) / 1_000)
      }
    }
    const othersDelivered = result._tag !== "delivered" && failures.failed(id)
    return { ...delivery, answer: { result, at, keySuspected, othersDelivered } }
  })
  return stage
})

const brokenAdapter = (defect: unknown): Effect.Effect<DeliveryResult> =>
  Effect.as(
    Effect.logError("The platform's adapter broke.", defect),
    { _tag: "retry", reason: "connection", detail: "the adapter broke; the log says more", retryAfterMs: undefined }
  )

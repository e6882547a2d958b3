import { Clock, Effect, Metric } from "effect"
import { type DeliveryResult, Receiver } from "../../../layers/delivery/Receiver.ts"
import { offerExemplar } from "../../../layers/telemetry/exemplars.ts"
import type { Span } from "../../../layers/telemetry/Span.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import { Tracing, within } from "../../../layers/telemetry/Tracing.ts"
import type { Delivery, Stage } from "../Delivery.ts"
import type { FlowControl } from "../FlowControl.ts"
import { Health } from "../Health.ts"
import { deliveryDelay, deliveryDelayClosed } from "../metrics.ts"
import { makeFailureMemory } from "./failureMemory.ts"

/** Sends the alert to the platform. */
export const makeDeliver = Effect.fnUntraced(function*(flow: FlowControl) {
  const receiver = yield* Receiver
  const health = yield* Health
  const tracing = yield* Tracing
  const failures = makeFailureMemory()

  const stage: Stage = Effect.fnUntraced(function*(delivery) {
    const { alert, claimed: { id } } = delivery
    if (alert === undefined) return delivery
    const attempt = failures.nextAttempt()
    const sending = receiver.deliver(alert).pipe(Effect.catchDefect(brokenAdapter))
    const span = beginDeliver(tracing, delivery)
    const result = yield* span === undefined ? sending : within(span, sending, failureOf)
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
        if (span !== undefined) offerExemplar(deliveryDelay, delay / 1_000, span.traceId, at)
        yield* Metric.update(deliveryDelayClosed, Math.max(0, delay - health.breakerOpenWithin(arrived, at)) / 1_000)
      }
    }
    const othersDelivered = result._tag !== "delivered" && failures.failed(id)
    const answer = { result, at, keySuspected, othersDelivered }
    return span === undefined ? { ...delivery, answer } : { ...delivery, answer, trace: span }
  })
  return stage
})

/** Begins the span of an alert whose trace is told. A forwarder that tells nobody hands on what the alert carries. */
const beginDeliver = ({ enabled, start }: Tracing, { claimed: { attempts }, trace }: Delivery): Span | undefined =>
  trace === undefined || !enabled
    ? undefined
    : start("deliver", {
      kind: "client",
      parent: trace,
      attributes: attempts.length === 0 ? {} : { [resends]: attempts.length }
    })

const resends = "http.request.resend_count"

const failureOf = (result: DeliveryResult): string | undefined =>
  result._tag === "delivered" ? undefined : `${result._tag}: ${result.reason}`

const brokenAdapter = (defect: unknown): Effect.Effect<DeliveryResult> =>
  Effect.as(
    Effect.logError("The platform's adapter broke.", defect),
    { _tag: "retry", reason: "connection", detail: "the adapter broke; the log says more", retryAfterMs: undefined }
  )

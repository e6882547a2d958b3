import { Clock, DateTime, Effect, Metric, Random, Result, Schema } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type DeliveryResult, Platform } from "../../layers/delivery/Receiver.ts"
import type { AlertSettlement, ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import { CorrelationId } from "../../layers/telemetry/CorrelationId.ts"
import { LogThreshold } from "../../layers/telemetry/LogThreshold.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { Alert } from "../../src/domain/Alert.ts"
import { makeFailureMemory } from "./failureMemory.ts"
import type { Pace } from "./FlowControl.ts"
import { Health } from "./Health.ts"
import { deliveryDelay } from "./metrics.ts"
import type { Outbox } from "./ResultBatcher.ts"
import { verdict } from "./retryDecision.ts"

export interface CourierOptions {
  readonly pace: Pace
  readonly outbox: Outbox
  readonly retryBaseMs: number
  readonly retryMaxMs: number
}

const decodeAlert = Schema.decodeUnknownResult(Schema.fromJsonString(Alert))

/** Characters of a decoding error that are kept with a dead letter. */
const detailLimit = 500

/**
 * Carries one claimed alert to the platform and sees what came of it to the outbox. A delivery ends there, so that the next may begin;
 * a failure ends once it is settled, so that no more is claimed than the breaker allows.
 */
export const makeCourier = Effect.fnUntraced(function*({ outbox, pace, retryBaseMs, retryMaxMs }: CourierOptions) {
  const platform = yield* Platform
  const config = yield* DynamicConfig
  const health = yield* Health
  const threshold = yield* LogThreshold
  const failures = makeFailureMemory()

  const carry = Effect.fnUntraced(function*(claimed: ClaimedAlert, alert: Alert, probe: boolean) {
    const turn = failures.sending()
    const result = yield* platform.deliver(alert).pipe(Effect.catchDefect(brokenAdapter))
    const now = yield* Clock.currentTimeMillis
    const keySuspected = pace.keySuspected()
    pace.note(result, yield* steadyMillis)
    health.heard(result, now)
    if (result._tag === "delivered") {
      const arrived = Date.parse(alert.receivedAt)
      // Of two clocks; that of the ingestor may be ahead.
      if (Number.isFinite(arrived)) yield* Metric.update(deliveryDelay, Math.max(0, now - arrived) / 1_000)
      failures.delivered(claimed.id, turn)
      if (threshold.allows("Debug")) yield* reportDelivery(claimed)
      return outbox.put(claimed, delivered)
    }
    const { values } = config.snapshot()
    const settlement = verdict(result, {
      at: DateTime.formatIso(DateTime.makeUnsafe(now)),
      tries: claimed.tries,
      remembered: claimed.attempts.length,
      probe,
      keySuspected,
      othersDelivered: failures.failed(claimed.id),
      jitter: yield* Random.next,
      maxRetries: values.moog_max_retries,
      baseMs: retryBaseMs,
      maxMs: retryMaxMs,
      breakerTimeoutMs: values.circuit_breaker_timeout * 1_000
    })
    yield* report(settlement, claimed)
    yield* outbox.settle(claimed, settlement)
  })

  const handle = (claimed: ClaimedAlert, probe: boolean): Effect.Effect<void> => {
    const decoded = decodeAlert(claimed.payload)
    return Result.isSuccess(decoded)
      ? Effect.provideService(carry(claimed, decoded.success, probe), CorrelationId, decoded.success.correlationId)
      : undecodable(claimed, decoded.failure.message)
  }

  const undecodable = Effect.fnUntraced(function*(claimed: ClaimedAlert, why: string) {
    const at = DateTime.formatIso(yield* DateTime.now)
    const attempt = { at, reason: "undecodable", detail: why.slice(0, detailLimit) }
    const settlement: AlertSettlement = { _tag: "dead", reason: "undecodable", attempt }
    yield* report(settlement, claimed)
    yield* outbox.settle(claimed, settlement)
  })

  return { handle }
})

const delivered: AlertSettlement = { _tag: "delivered" }

const brokenAdapter = (defect: unknown): Effect.Effect<DeliveryResult> =>
  Effect.as(
    Effect.logError("The platform's adapter broke.", defect),
    { _tag: "retry", reason: "connection", detail: "the adapter broke; the log says more", retryAfterMs: undefined }
  )

const reportDelivery = ({ id, tries }: ClaimedAlert): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logDebug("An alert was delivered."), { alertId: id, tries: tries + 1 })

const report = (settlement: AlertSettlement, { id, tries }: ClaimedAlert): Effect.Effect<void> => {
  switch (settlement._tag) {
    case "delivered":
      return Effect.void
    case "parked": {
      const { attempt: { detail, reason }, delayMs } = settlement
      return Effect.annotateLogs(Effect.logWarning("An alert could not be delivered; it is tried again."), {
        alertId: id,
        tries: tries + 1,
        reason,
        detail,
        delayMs
      })
    }
    case "dead": {
      const { attempt: { detail }, reason } = settlement
      return Effect.annotateLogs(Effect.logError("An alert could not be delivered; it is kept as a dead letter."), {
        alertId: id,
        tries: tries + 1,
        reason,
        detail
      })
    }
  }
}

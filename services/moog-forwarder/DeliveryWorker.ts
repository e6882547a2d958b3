import { Clock, DateTime, Effect, Metric, Random, Result, Schema } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type DeliveryResult, Receiver } from "../../layers/delivery/Receiver.ts"
import type { AlertOutcome, ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import { CorrelationId } from "../../layers/telemetry/CorrelationId.ts"
import { LogThreshold } from "../../layers/telemetry/LogThreshold.ts"
import { steadyMillis } from "../../layers/telemetry/steadyTime.ts"
import { Alert } from "../../src/domain/Alert.ts"
import { makeFailureMemory } from "./failureMemory.ts"
import type { FlowControl } from "./FlowControl.ts"
import { Health } from "./Health.ts"
import { deliveryDelay } from "./metrics.ts"
import type { ResultBatcher } from "./ResultBatcher.ts"
import { retryDecision } from "./retryDecision.ts"

export interface DeliveryWorkerOptions {
  readonly pace: FlowControl
  readonly outbox: ResultBatcher
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
export const makeDeliveryWorker = Effect.fnUntraced(
  function*({ outbox: batcher, pace: flow, retryBaseMs, retryMaxMs }: DeliveryWorkerOptions) {
    const platform = yield* Receiver
    const config = yield* DynamicConfig
    const health = yield* Health
    const threshold = yield* LogThreshold
    const failures = makeFailureMemory()

    const carry = Effect.fnUntraced(function*(claimed: ClaimedAlert, alert: Alert, probe: boolean) {
      const turn = failures.sending()
      const result = yield* platform.deliver(alert).pipe(Effect.catchDefect(brokenAdapter))
      const now = yield* Clock.currentTimeMillis
      const keySuspected = flow.keySuspected()
      flow.note(result, yield* steadyMillis)
      health.heard(result, now)
      if (result._tag === "delivered") {
        const arrived = Date.parse(alert.receivedAt)
        // Of two clocks; that of the ingestor may be ahead.
        if (Number.isFinite(arrived)) yield* Metric.update(deliveryDelay, Math.max(0, now - arrived) / 1_000)
        failures.delivered(claimed.id, turn)
        if (threshold.allows("Debug")) yield* reportDelivery(claimed)
        return batcher.put(claimed, delivered)
      }
      const { values } = config.snapshot()
      const outcome = retryDecision(result, {
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
      yield* report(outcome, claimed)
      yield* batcher.settle(claimed, outcome)
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
      const outcome: AlertOutcome = { _tag: "dead", reason: "undecodable", attempt }
      yield* report(outcome, claimed)
      yield* batcher.settle(claimed, outcome)
    })

    return { handle }
  }
)

const delivered: AlertOutcome = { _tag: "delivered" }

const brokenAdapter = (defect: unknown): Effect.Effect<DeliveryResult> =>
  Effect.as(
    Effect.logError("The platform's adapter broke.", defect),
    { _tag: "retry", reason: "connection", detail: "the adapter broke; the log says more", retryAfterMs: undefined }
  )

const reportDelivery = ({ id, tries }: ClaimedAlert): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logDebug("An alert was delivered."), { alertId: id, tries: tries + 1 })

const report = (outcome: AlertOutcome, { id, tries }: ClaimedAlert): Effect.Effect<void> => {
  switch (outcome._tag) {
    case "delivered":
      return Effect.void
    case "parked": {
      const { attempt: { detail, reason }, delayMs } = outcome
      return Effect.annotateLogs(Effect.logWarning("An alert could not be delivered; it is tried again."), {
        alertId: id,
        tries: tries + 1,
        reason,
        detail,
        delayMs
      })
    }
    case "dead": {
      const { attempt: { detail }, reason } = outcome
      return Effect.annotateLogs(Effect.logError("An alert could not be delivered; it is kept as a dead letter."), {
        alertId: id,
        tries: tries + 1,
        reason,
        detail
      })
    }
  }
}

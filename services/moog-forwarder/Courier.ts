import { Clock, DateTime, Effect, Metric, Random, Result, Schedule, Schema } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type DeliveryResult, Platform } from "../../layers/delivery/Platform.ts"
import { AlertQueue, type AlertSettlement, type ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import { CorrelationId } from "../../layers/telemetry/CorrelationId.ts"
import { Alert } from "../../src/domain/Alert.ts"
import { Health } from "./Health.ts"
import { deliveryDelay, lostLeases, processed } from "./metrics.ts"
import type { Pace } from "./Pace.ts"
import { verdict } from "./verdict.ts"

export interface CourierOptions {
  readonly pace: Pace
  readonly retryBaseMs: number
  readonly retryMaxMs: number
}

const decodeAlert = Schema.decodeUnknownResult(Schema.fromJsonString(Alert))

/** How often an outcome that Redis did not take is offered again. */
const settleAgain = Schedule.spaced("250 millis").pipe(Schedule.jittered)

/** Characters of a decoding error that are kept with a dead letter. */
const detailLimit = 500

/** Carries one claimed alert to the platform and settles what came of it. */
export const makeCourier = Effect.fnUntraced(function*(options: CourierOptions) {
  const queue = yield* AlertQueue
  const platform = yield* Platform
  const config = yield* DynamicConfig
  const health = yield* Health
  let unsettled = 0

  const settle = Effect.fnUntraced(function*(claimed: ClaimedAlert, settlement: AlertSettlement) {
    const offer = Effect.suspend(() =>
      queue.settle(claimed, settlement, config.snapshot().values.circuit_breaker_threshold)
    )
    // What the platform has taken must be settled, or it is sent again: until Redis answers, this forwarder claims nothing new.
    const insist = Effect.acquireUseRelease(
      Effect.sync(() => unsettled++),
      () => Effect.retry(offer, settleAgain),
      () => Effect.sync(() => unsettled--)
    )
    const held = yield* Effect.catchTag(
      offer,
      "QueueUnavailable",
      (error) =>
        Effect.logWarning("An outcome could not be settled; it is offered again until it is.").pipe(
          Effect.annotateLogs({ alertId: claimed.id, outcome: settlement._tag, detail: error.detail }),
          Effect.andThen(insist),
          // The retry has no end but success.
          Effect.orDie
        )
    )
    if (held) return yield* count(settlement)
    yield* Metric.update(lostLeases, 1)
    yield* Effect.logWarning("A claim had run out before its outcome was settled; the alert is tried again.").pipe(
      Effect.annotateLogs({ alertId: claimed.id, outcome: settlement._tag })
    )
  })

  const carry = Effect.fn("Courier.carry")(function*(claimed: ClaimedAlert, alert: Alert, probe: boolean) {
    const { values } = config.snapshot()
    const result = yield* platform.deliver(alert).pipe(Effect.catchDefect(brokenAdapter))
    const now = yield* Clock.currentTimeMillis
    const keySuspected = options.pace.keySuspected()
    options.pace.note(result, now)
    yield* health.heard(result)
    const settlement = verdict(result, {
      at: DateTime.formatIso(DateTime.makeUnsafe(now)),
      tries: claimed.tries,
      remembered: claimed.attempts.length,
      probe,
      keySuspected,
      jitter: yield* Random.next,
      maxRetries: values.moog_max_retries,
      baseMs: options.retryBaseMs,
      maxMs: options.retryMaxMs,
      breakerTimeoutMs: values.circuit_breaker_timeout * 1_000
    })
    yield* report(settlement, claimed)
    const arrived = Date.parse(alert.receivedAt)
    if (settlement._tag === "delivered" && arrived <= now) yield* Metric.update(deliveryDelay, (now - arrived) / 1_000)
    yield* settle(claimed, settlement)
  })

  const handle = Effect.fnUntraced(function*(claimed: ClaimedAlert, probe: boolean) {
    const decoded = decodeAlert(claimed.payload)
    if (Result.isSuccess(decoded)) {
      return yield* carry(claimed, decoded.success, probe).pipe(
        Effect.provideService(CorrelationId, decoded.success.correlationId)
      )
    }
    const at = DateTime.formatIso(yield* DateTime.now)
    const attempt = { at, reason: "undecodable", detail: decoded.failure.message.slice(0, detailLimit) }
    const settlement: AlertSettlement = { _tag: "dead", reason: "undecodable", attempt }
    yield* report(settlement, claimed)
    yield* settle(claimed, settlement)
  })

  return {
    handle,
    /** Outcomes that Redis has not taken yet. */
    unsettled: () => unsettled
  }
})

const brokenAdapter = (defect: unknown): Effect.Effect<DeliveryResult> =>
  Effect.as(
    Effect.logError("The platform's adapter broke.", defect),
    { _tag: "retry", reason: "connection", detail: "the adapter broke; the log says more", retryAfterMs: undefined }
  )

const count = (settlement: AlertSettlement): Effect.Effect<void> =>
  Metric.update(
    settlement._tag === "delivered" ? processed.success : settlement._tag === "dead" ? processed.dlq : processed.error,
    1
  )

const report = (settlement: AlertSettlement, { id, tries }: ClaimedAlert): Effect.Effect<void> => {
  switch (settlement._tag) {
    case "delivered":
      return Effect.annotateLogs(Effect.logDebug("An alert was delivered."), { alertId: id, tries: tries + 1 })
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

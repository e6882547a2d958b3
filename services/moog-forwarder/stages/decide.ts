import { DateTime, Effect, Random } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import type { Stage } from "../Delivery.ts"
import { retryDecision } from "./retryDecision.ts"

/** Decides by the answer how the try ends, and when an alert that failed is tried again. */
export const makeDecide = (backoff: { readonly retryBaseMs: number; readonly retryMaxMs: number }) =>
  Effect.map(DynamicConfig, (config) => {
    const stage: Stage = Effect.fnUntraced(function*(delivery) {
      const { answer, claimed, probe } = delivery
      if (answer === undefined) return delivery
      const { values } = config.snapshot()
      const outcome = retryDecision(answer.result, {
        at: DateTime.formatIso(DateTime.makeUnsafe(answer.at)),
        tries: claimed.tries,
        remembered: claimed.attempts.length,
        probe,
        keySuspected: answer.keySuspected,
        othersDelivered: answer.othersDelivered,
        jitter: yield* Random.next,
        maxRetries: values.moog_max_retries,
        baseMs: backoff.retryBaseMs,
        maxMs: backoff.retryMaxMs,
        breakerTimeoutMs: values.circuit_breaker_timeout * 1_000
      })
      return { ...delivery, outcome }
    })
    return stage
  })

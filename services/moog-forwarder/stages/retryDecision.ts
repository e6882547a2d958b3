import type { DeliveryResult } from "../../../layers/delivery/Receiver.ts"
import type { AlertOutcome } from "../../../layers/queue/AlertQueue.ts"
import type { Attempt } from "../../../src/domain/DeadLetter.ts"

/** What the decision depends on beside the platform's answer. */
export interface RetryContext {
  /** When the answer came, RFC 3339. */
  readonly at: string
  /** Tries of this alert before this one: those that count, and those that are remembered. */
  readonly tries: number
  readonly remembered: number
  /** It was sent to find out whether the platform is back. */
  readonly probe: boolean
  /** Other alerts were refused for their key just before: it is not this alert's fault. */
  readonly keySuspected: boolean
  /** The platform took another alert that was sent after this one had failed before: the fault may be this one's. */
  readonly othersDelivered: boolean
  /** Random, from 0 to 1. */
  readonly jitter: number
  readonly maxRetries: number
  readonly baseMs: number
  readonly maxMs: number
  readonly breakerTimeoutMs: number
}

/** Full jitter up to the exponential delay, so that what failed together does not return together. */
export const backoffMs = (triesBefore: number, { baseMs, jitter, maxMs }: RetryContext): number =>
  Math.round(jitter * Math.min(maxMs, baseMs * 2 ** Math.min(triesBefore, 30)))

/**
 * Decides what becomes of an alert after one try.
 *
 * A try counts only when it tells something about this alert: never while the platform accepts none at all or asks for
 * patience, and never when something else answers at its address. A probe costs the alert nothing, and is parked beyond
 * the breaker's next timeout, so that the next probe may be another alert. A platform that lives and says no (429, a
 * refused key) is no failure for the breaker.
 */
export const retryDecision = (result: DeliveryResult, context: RetryContext): AlertOutcome => {
  if (result._tag === "delivered") return { _tag: "delivered" }
  const attempt: Attempt = { at: context.at, reason: result.reason, detail: result.detail }
  if (result._tag === "rejected") return { _tag: "dead", reason: "rejected", attempt }

  const failure = result.reason !== "rate_limit" && result.reason !== "refused_key"
  const ofAll = result.reason === "gateway" || result.reason === "rate_limit" || !context.othersDelivered
  const counts = !context.probe && !ofAll
  if (counts && context.tries + 1 > context.maxRetries) {
    return { _tag: "dead", reason: "retries_exhausted", attempt, failure }
  }
  const delayMs = Math.max(result.retryAfterMs ?? 0, delayOf(result.reason, failure, context))
  return { _tag: "parked", delayMs, attempt, failure, counts }
}

const delayOf = (reason: string, failure: boolean, context: RetryContext): number => {
  const { baseMs, breakerTimeoutMs, jitter, keySuspected, probe, remembered, tries } = context
  if (failure && probe) return breakerTimeoutMs + Math.round(jitter * baseMs)
  if (reason === "refused_key" && keySuspected) return Math.round(jitter * baseMs)
  return backoffMs(Math.max(tries, remembered), context)
}

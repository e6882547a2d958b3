import type { DeliveryResult } from "../../layers/delivery/Receiver.ts"

/** How long claims rest once a second alert in a row was refused for its key. */
const refusedKeyRestMs = 5_000
/** How long claims rest after a 429 without Retry-After. */
const rateLimitRestMs = 1_000

export interface FlowControl {
  /** How many alerts may be claimed now, or how long to wait first. */
  readonly allowance: (nowMs: number, inFlight: number) => { readonly max: number; readonly waitMs: number }
  readonly record: (result: DeliveryResult, nowMs: number) => void
  /** The key was refused, and no alert was delivered since. */
  readonly keySuspected: () => boolean
  /** Ends the rest after refused keys: the new ones may be accepted. */
  readonly keyChanged: () => void
}

/**
 * Limits how fast this forwarder claims, by what the platform answered. It rests after a 429, and while the key is
 * refused it sends one alert at a time, far apart, until one gets through.
 */
export const makeFlowControl = (options: { readonly concurrency: number; readonly maxRestMs: number }): FlowControl => {
  let limitedUntil = 0
  let refusedUntil = 0
  let refused = false

  return {
    allowance: (nowMs, inFlight) => {
      const waitMs = Math.max(limitedUntil, refused ? refusedUntil : 0) - nowMs
      if (waitMs > 0) return { max: 0, waitMs }
      return { max: Math.max(0, (refused ? 1 : options.concurrency) - inFlight), waitMs: 0 }
    },
    record: (result, nowMs) => {
      if (result._tag === "delivered") refused = false
      if (result._tag !== "retry") return
      if (result.reason === "rate_limit") {
        const wait = Math.min(result.retryAfterMs ?? rateLimitRestMs, options.maxRestMs)
        limitedUntil = Math.max(limitedUntil, nowMs + wait)
      }
      if (result.reason === "refused_key") {
        if (refused) refusedUntil = nowMs + refusedKeyRestMs
        refused = true
      }
    },
    keySuspected: () => refused,
    keyChanged: () => {
      refusedUntil = 0
    }
  }
}

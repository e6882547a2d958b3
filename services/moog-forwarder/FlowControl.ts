import type { DeliveryResult } from "../../layers/delivery/Receiver.ts"

/** How long claims rest once a second alert in a row was refused for its key. */
const refusedKeyRestMs = 5_000
/** How long claims rest when the platform asks for patience and does not say for how long. */
const patienceMs = 1_000

export interface FlowControl {
  /** How many alerts may be claimed now, or how long to wait first. */
  readonly look: (nowMs: number, inFlight: number) => { readonly max: number; readonly waitMs: number }
  readonly note: (result: DeliveryResult, nowMs: number) => void
  /** The last answer about the key was no. */
  readonly keySuspected: () => boolean
  /** The secrets changed: what was refused may be taken now. */
  readonly keyChanged: () => void
}

/**
 * How fast this forwarder may go, by what the platform said of the requests as such: it rests when asked for patience (429), and
 * while the key is refused it sends one alert at a time, far apart, until one gets through.
 */
export const makeFlowControl = (options: { readonly concurrency: number; readonly maxRestMs: number }): FlowControl => {
  let patientUntil = 0
  let refusedUntil = 0
  let refused = false

  return {
    look: (nowMs, inFlight) => {
      const waitMs = Math.max(patientUntil, refused ? refusedUntil : 0) - nowMs
      if (waitMs > 0) return { max: 0, waitMs }
      return { max: Math.max(0, (refused ? 1 : options.concurrency) - inFlight), waitMs: 0 }
    },
    note: (result, nowMs) => {
      if (result._tag === "delivered") refused = false
      if (result._tag !== "retry") return
      if (result.reason === "rate_limit") {
        const wait = Math.min(result.retryAfterMs ?? patienceMs, options.maxRestMs)
        patientUntil = Math.max(patientUntil, nowMs + wait)
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

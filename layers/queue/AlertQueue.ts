import { Context, type Effect } from "effect"
import type { Attempt } from "../../src/domain/DeadLetter.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

export interface ClaimLimits {
  readonly max: number
  /** A claim holds so long; then the alert is claimable again, by anyone. */
  readonly leaseMs: number
  /** Token bucket shared by all forwarders: `rate` alerts per `ratePeriodMs`. */
  readonly rate: number
  readonly ratePeriodMs: number
  /** An open breaker lets one probe through after this time. */
  readonly breakerTimeoutMs: number
}

export interface ClaimedAlert {
  readonly id: string
  readonly payload: string
  /** The newest 20, oldest first. */
  readonly attempts: ReadonlyArray<Attempt>
  /** All that counted, also those whose attempt is forgotten. */
  readonly tries: number
  /** Proves the claim. Acknowledging with an older lease has no effect. */
  readonly lease: string
}

export type Claim =
  | { readonly _tag: "claimed"; readonly alerts: ReadonlyArray<ClaimedAlert>; readonly probe: boolean }
  /** Nothing is due; the next may be in `waitMs`. */
  | { readonly _tag: "empty"; readonly waitMs: number }
  /** No token: the next in `waitMs`. */
  | { readonly _tag: "limited"; readonly waitMs: number }
  /** The breaker is open, or its one probe is under way. */
  | { readonly _tag: "open"; readonly waitMs: number }

export type AlertOutcome =
  | { readonly _tag: "delivered" }
  /**
   * Claimable again after `delayMs`; alerts of its signature wait behind it. `failure`: counts towards the breaker.
   * `counts`: is one of the alert's tries.
   */
  | {
    readonly _tag: "parked"
    readonly delayMs: number
    readonly attempt: Attempt
    readonly failure: boolean
    readonly counts: boolean
  }
  /** `failure` as with `parked`. */
  | { readonly _tag: "dead"; readonly reason: string; readonly attempt: Attempt; readonly failure?: boolean }

export interface AlertAcknowledgement {
  readonly alert: Pick<ClaimedAlert, "id" | "lease">
  readonly outcome: AlertOutcome
}

export type BreakerState = "closed" | "open" | "half_open"

export interface AlertBacklog {
  /** Alerts that are due, parked, claimed or wait behind another. */
  readonly depth: number
  readonly breaker: BreakerState
  readonly breakerFailures: number
  /** Milliseconds since the breaker opened; 0 when closed. */
  readonly breakerOpenMs: number
}

/**
 * Keeps alerts until the platform has them. An alert is in exactly one place, moves by atomic steps and by the server's
 * clock, and alerts of one signature are claimed in the order in which they were enqueued.
 */
export class AlertQueue extends Context.Service<AlertQueue, {
  /** Asks breaker and token bucket, and claims, in one atomic step. When either says no, nothing changes. */
  readonly claim: (limits: ClaimLimits) => Effect.Effect<Claim, QueueUnavailable>
  /**
   * Ends claims in one atomic step, in the order given. Of each: `false` when its lease had run out, since another has
   * the alert then. `breakerThreshold` failures in a row open the breaker.
   */
  readonly acknowledge: (
    outcomes: ReadonlyArray<AlertAcknowledgement>,
    breakerThreshold: number
  ) => Effect.Effect<ReadonlyArray<boolean>, QueueUnavailable>
  readonly backlog: Effect.Effect<AlertBacklog, QueueUnavailable>
}>()("mutt/layers/queue/AlertQueue") {}

import { Context, type Effect } from "effect"
import type { Attempt } from "../../src/domain/DeadLetter.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

export interface ClaimLimits {
  /** Alerts to claim at most. */
  readonly max: number
  /** How long a claim holds; then the alert is claimable again, by anyone. */
  readonly leaseMs: number
  /** Token bucket shared by all forwarders: `rate` alerts per `ratePeriodMs`. */
  readonly rate: number
  readonly ratePeriodMs: number
  /** How long an open breaker waits before it lets one probe through. */
  readonly breakerTimeoutMs: number
}

export interface ClaimedAlert {
  readonly id: string
  readonly payload: string
  /** What was tried before, oldest first; at most the last 20. */
  readonly attempts: ReadonlyArray<Attempt>
  /** How often it was tried before, all counted. */
  readonly tries: number
  /** Proof of the claim. Settling with an older lease has no effect. */
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

/** What came of one claim. */
export interface AlertAcknowledgement {
  readonly alert: Pick<ClaimedAlert, "id" | "lease">
  readonly outcome: AlertOutcome
}

export type BreakerState = "closed" | "open" | "half_open"

export interface AlertBacklog {
  /** Alerts not settled yet: due, parked, claimed and waiting behind another. */
  readonly depth: number
  readonly breaker: BreakerState
  readonly breakerFailures: number
  /** Milliseconds since the breaker opened; 0 when closed. */
  readonly breakerOpenMs: number
}

/**
 * Alerts on their way to the platform. An alert is in exactly one place, moves by atomic steps and by the server's clock,
 * and alerts of one signature are claimed in the order they were handed over.
 */
export class AlertQueue extends Context.Service<AlertQueue, {
  /** One atomic step: breaker, token, claim. An open breaker and an empty bucket leave every alert where it is. */
  readonly claim: (limits: ClaimLimits) => Effect.Effect<Claim, QueueUnavailable>
  /**
   * One atomic step, in the order given. Of each: `false` when its lease had run out, since somebody else has the alert then.
   * `breakerThreshold` failures in a row open the breaker.
   */
  readonly acknowledge: (
    outcomes: ReadonlyArray<AlertAcknowledgement>,
    breakerThreshold: number
  ) => Effect.Effect<ReadonlyArray<boolean>, QueueUnavailable>
  readonly backlog: Effect.Effect<AlertBacklog, QueueUnavailable>
}>()("mutt/layers/queue/AlertQueue") {}

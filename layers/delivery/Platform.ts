import { Context, type Effect } from "effect"
import type { Alert } from "../../src/domain/Alert.ts"

/** What the incident platform made of one alert. Policy (retry, breaker, dead letter) is the forwarder's, never the adapter's. */
export type DeliveryResult =
  | { readonly _tag: "delivered"; readonly status: number }
  /**
   * Try again later. `overloaded`: the platform lives and asks for patience (429), which is no failure for the breaker.
   */
  | {
    readonly _tag: "retry"
    readonly reason: "rate_limit" | "http" | "timeout" | "connection" | "refused_key"
    readonly detail: string
    readonly retryAfterMs: number | undefined
  }
  /** Will never be taken as it is. */
  | { readonly _tag: "rejected"; readonly reason: "http"; readonly detail: string }

/** The incident platform. One adapter for each kind. */
export class Platform extends Context.Service<Platform, {
  readonly name: string
  readonly deliver: (alert: Alert) => Effect.Effect<DeliveryResult>
}>()("mutt/layers/delivery/Platform") {}

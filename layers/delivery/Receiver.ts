import { Context, type Effect } from "effect"
import type { Alert } from "../../src/domain/Alert.ts"

/** What the incident platform made of one alert. What to do about it is decided by the forwarder, not the adapter. */
export type DeliveryResult =
  | { readonly _tag: "delivered"; readonly status: number }
  /**
   * Try again later. `rate_limit`: the platform lives and asks for patience, which is no failure for the breaker.
   * `gateway`: something else answers at its address, by a redirect, a login page or 404.
   */
  | {
    readonly _tag: "retry"
    readonly reason: "rate_limit" | "http" | "timeout" | "connection" | "refused_key" | "gateway"
    readonly detail: string
    readonly retryAfterMs: number | undefined
  }
  /** Will never be taken as it is. */
  | { readonly _tag: "rejected"; readonly reason: "http"; readonly detail: string }

export interface ReceiverOptions {
  readonly url: URL
  /** For one alert, the second request with the other key included. */
  readonly timeoutMs: number
  /** Of MUTT; part of each payload. */
  readonly version: string
}

/** The incident platform. `receivers.ts` lists its adapters. */
export class Receiver extends Context.Service<Receiver, {
  readonly name: string
  readonly deliver: (alert: Alert) => Effect.Effect<DeliveryResult>
}>()("mutt/layers/delivery/Receiver") {}

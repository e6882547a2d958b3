import { Context, type Effect } from "effect"
import type { Attempt } from "../../src/domain/DeadLetter.ts"
import type { AlertDelivery } from "../../src/domain/Delivery.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/** Deliveries that ended together. */
export interface DeliveryEntry {
  readonly entryId: string
  readonly deliveries: ReadonlyArray<AlertDelivery>
}

/** Where an alert is that is not delivered. */
export type AlertState =
  /** May be claimed from `dueAt` on (epoch milliseconds); `claimed`: a forwarder has it now. */
  | {
    readonly _tag: "waiting"
    readonly dueAt: number
    readonly claimed: boolean
    readonly tries: number
    readonly attempts: ReadonlyArray<Attempt>
  }
  /** Waits behind another alert of its signature. */
  | { readonly _tag: "behind"; readonly signature: string }

/** Tells what became of alerts. What was delivered is kept until it is stored elsewhere, and forgotten then. */
export class Deliveries extends Context.Service<Deliveries, {
  /** The oldest first. */
  readonly read: (entries: number) => Effect.Effect<ReadonlyArray<DeliveryEntry>, QueueUnavailable>
  readonly forget: (entryIds: ReadonlyArray<string>) => Effect.Effect<void, QueueUnavailable>
  /** `undefined`: it is not here. */
  readonly state: (alertId: string) => Effect.Effect<AlertState | undefined, QueueUnavailable>
}>()("mutt/layers/queue/Deliveries") {}

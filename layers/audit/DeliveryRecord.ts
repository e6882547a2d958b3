import { Context, type Effect, Schema } from "effect"
import type { AlertDelivery } from "../../src/domain/Delivery.ts"

/** Deliveries could not be stored or read. */
export class DeliveryRecordUnavailable extends Schema.TaggedError<DeliveryRecordUnavailable>()(
  "DeliveryRecordUnavailable",
  { detail: Schema.String }
) {}

/** Where a page of deliveries ended. */
export interface DeliveryPlace {
  /** Epoch milliseconds. */
  readonly deliveredAt: number
  readonly alertId: string
}

/** Records when which alert was delivered. Rows are never changed; of two with one id the first stays. */
export class DeliveryRecord extends Context.Service<DeliveryRecord, {
  readonly record: (deliveries: ReadonlyArray<AlertDelivery>) => Effect.Effect<void, DeliveryRecordUnavailable>
  /** Newest first, below a place. */
  readonly newest: (
    limit: number,
    below?: DeliveryPlace
  ) => Effect.Effect<ReadonlyArray<AlertDelivery>, DeliveryRecordUnavailable>
  readonly find: (alertId: string) => Effect.Effect<AlertDelivery | undefined, DeliveryRecordUnavailable>
}>()("mutt/layers/audit/DeliveryRecord") {}

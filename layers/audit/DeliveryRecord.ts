import { Context, type Effect, Schema } from "effect"
import type { AlertDelivery } from "../../src/domain/Delivery.ts"

/** Deliveries could not be stored or read. */
export class DeliveryRecordUnavailable extends Schema.TaggedError<DeliveryRecordUnavailable>()(
  "DeliveryRecordUnavailable",
  { detail: Schema.String }
) {}

/** Records when which alert was delivered. Rows are never changed; of two with one id the first stays. */
export class DeliveryRecord extends Context.Service<DeliveryRecord, {
  readonly record: (deliveries: ReadonlyArray<AlertDelivery>) => Effect.Effect<void, DeliveryRecordUnavailable>
  readonly find: (alertId: string) => Effect.Effect<AlertDelivery | undefined, DeliveryRecordUnavailable>
}>()("mutt/layers/audit/DeliveryRecord") {}

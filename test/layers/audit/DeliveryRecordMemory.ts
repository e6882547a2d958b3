import { Effect, Layer } from "effect"
import { DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import type { AlertDelivery } from "../../../src/domain/Delivery.ts"

export const DeliveryRecordMemory = Layer.sync(DeliveryRecord, () => {
  const rows = new Map<string, AlertDelivery>()
  return DeliveryRecord.of({
    record: (deliveries) =>
      Effect.sync(() => {
        for (const one of deliveries) if (!rows.has(one.alertId)) rows.set(one.alertId, one)
      }),
    find: (alertId) => Effect.sync(() => rows.get(alertId))
  })
})

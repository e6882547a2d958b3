import { Effect, Layer } from "effect"
import { type DeliveryPlace, DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import type { AlertDelivery } from "../../../src/domain/Delivery.ts"

export const DeliveryRecordMemory = Layer.sync(DeliveryRecord, () => {
  const rows = new Map<string, AlertDelivery>()
  return DeliveryRecord.of({
    record: (deliveries) =>
      Effect.sync(() => {
        for (const one of deliveries) if (!rows.has(one.alertId)) rows.set(one.alertId, one)
      }),
    newest: (limit, below) =>
      Effect.sync(() =>
        [...rows.values()]
          .sort((a, b) => isBelow(a, b) ? 1 : -1)
          .filter((row) => below === undefined || isBelow(row, below))
          .slice(0, limit)
      ),
    find: (alertId) => Effect.sync(() => rows.get(alertId))
  })
})

const isBelow = (a: DeliveryPlace, b: DeliveryPlace): boolean =>
  a.deliveredAt < b.deliveredAt || (a.deliveredAt === b.deliveredAt && a.alertId < b.alertId)

import { Effect, Layer } from "effect"
import { DeliveryRecord } from "../../layers/audit/DeliveryRecord.ts"
import { Deliveries } from "../../layers/queue/Deliveries.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"

/** Entries that are stored at once, and the pause when there are no more. */
const entriesAtOnce = 200
const pause = "1 second"

/**
 * Stores in the database what forwarders delivered. Several alerters may store the same; the first row stays. What can't
 * be stored waits in Redis.
 */
export const DeliveryRecorder = Layer.effectDiscard(Effect.gen(function*() {
  const deliveries = yield* Deliveries
  const record = yield* DeliveryRecord

  const store = Effect.gen(function*() {
    const entries = yield* deliveries.read(entriesAtOnce)
    yield* record.record(entries.flatMap((entry) => entry.deliveries))
    yield* deliveries.forget(entries.map(({ entryId }) => entryId))
    return entries.length
  })
  yield* store.pipe(
    droppedAt("alerter.deliveries", "Deliveries could not be stored; they wait in Redis."),
    Effect.flatMap((stored) => stored === entriesAtOnce ? Effect.void : Effect.sleep(pause)),
    Effect.forever,
    supervised("alerter.deliveries")
  )
}))

import { Effect, Layer } from "effect"
import { Deliveries } from "../../../layers/queue/Deliveries.ts"
import { QueueState } from "./QueueState.ts"

export const DeliveriesMemory = Layer.effect(
  Deliveries,
  Effect.map(QueueState, (state) =>
    Deliveries.of({
      read: (entries) =>
        Effect.sync(() =>
          [...state.deliveries].slice(0, entries).map(([entryId, delivery]) => ({ entryId, deliveries: [delivery] }))
        ),
      forget: (entryIds) => Effect.sync(() => entryIds.forEach((id) => state.deliveries.delete(id))),
      state: (id) =>
        Effect.sync(() => {
          const held = state.alerts.get(id)
          if (held === undefined) return undefined
          const dueAt = state.due.get(id)
          return dueAt === undefined
            ? { _tag: "behind", signature: held.signature }
            : { _tag: "waiting", dueAt, claimed: held.lease !== "", tries: held.tries, attempts: held.attempts }
        })
    }))
)

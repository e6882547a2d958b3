import { Context, DateTime, Effect, Layer } from "effect"
import { DeliveryRecord, type DeliveryRecordUnavailable } from "../../../layers/audit/DeliveryRecord.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { Deliveries } from "../../../layers/queue/Deliveries.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import type { AlertWay } from "../../../src/api/web-ui/Events.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"

/** Dead letters that are looked through for an alert, the newest first. */
const deadLettersLooked = 1_000

const iso = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))
const nowhere: AlertWay = {
  state: "gone",
  behind: null,
  due_at: null,
  delivered_at: null,
  ms: null,
  tries: 0,
  attempts: []
}

/** Finds out where the alert of an event is. */
export class AlertTracker extends Context.Service<AlertTracker, {
  /** `null`: none was made of it. */
  readonly find: (
    event: EventAuditEntry
  ) => Effect.Effect<AlertWay | null, QueueUnavailable | DeliveryRecordUnavailable>
}>()("mutt/services/web-ui/events/AlertTracker") {
  static readonly layer = Layer.effect(
    AlertTracker,
    Effect.gen(function*() {
      const queue = yield* Deliveries
      const record = yield* DeliveryRecord
      const deadLetters = yield* DeadLetters

      const find = Effect.fn("AlertTracker.find")(function*({ id, outcome, received_at }: EventAuditEntry) {
        if (outcome === "suppressed") return null
        const delivered = yield* record.find(id)
        if (delivered !== undefined) {
          const { attempts, deliveredAt, tries } = delivered
          const ms = deliveredAt - Date.parse(received_at)
          return { ...nowhere, state: "delivered" as const, delivered_at: iso(deliveredAt), ms, tries, attempts }
        }
        const state = yield* queue.state(id)
        if (state?._tag === "behind") return { ...nowhere, state: "behind" as const, behind: state.signature }
        if (state !== undefined) {
          const { attempts, claimed, dueAt, tries } = state
          return claimed
            ? { ...nowhere, state: "sending" as const, tries, attempts }
            : { ...nowhere, state: "waiting" as const, due_at: iso(dueAt), tries, attempts }
        }
        const dead = (yield* deadLetters.list("alerts", deadLettersLooked)).find(({ payload }) =>
          payload.startsWith(`{"id":"${id}"`)
        )
        if (dead !== undefined) return { ...nowhere, state: "dead" as const, attempts: dead.attempts }
        // An event without a rule has an alert only if it completed the count of a meta-alert.
        return outcome === "forwarded" ? nowhere : null
      })
      return AlertTracker.of({ find })
    })
  )
}

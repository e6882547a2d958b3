import { Clock, Effect, Layer } from "effect"
import { Books, booksPage } from "../../../layers/queue/Books.ts"
import { ratesOf } from "../../../layers/queue/rates.ts"
import { settledOf } from "../../../layers/queue/settled.ts"
import { QueueState } from "./QueueState.ts"

/** Keeps everything, forgets everything at exit. */
export const BooksMemory = Layer.effect(
  Books,
  Effect.map(QueueState, (state) => {
    const pageNow = () =>
      booksPage(state.counted, {
        eventsWaiting: state.waiting(),
        eventsWaitingBytes: state.waitingBytes(),
        eventsDead: state.dead.size,
        alertsWaiting: state.alerts.size,
        alertsDead: state.alertsDead.size,
        quarantineHeld: state.quarantine.records.size
      })
    /** When the oldest event came that is not settled, if there is one. */
    const oldestEvent = () =>
      [...state.pending.keys(), ...state.unread.keys()].map((id) => Number.parseInt(id)).toSorted((a, b) => a - b)[0]
    return Books.of({
      page: Effect.sync(pageNow),
      flow: Effect.map(Clock.currentTimeMillis, (at) => ({
        page: pageNow(),
        oldestEventMs: Math.max(0, at - (oldestEvent() ?? at)),
        alertsBehind: state.alerts.size - state.due.size,
        overdueAlertMs: Math.max(0, at - Math.min(at, ...state.due.values())),
        breaker: state.delivery.breaker.state,
        bucket: state.delivery.bucket,
        at
      })),
      rates: Effect.map(Clock.currentTimeMillis, (now) => ratesOf(now, state.rates)),
      settledByHour: Effect.map(Clock.currentTimeMillis, (now) => {
        return settledOf(now, oldestEvent() ?? 0, state.settled)
      }),
      reset: Effect.map(Clock.currentTimeMillis, (now) => {
        const before = pageNow()
        state.resetCounters()
        state.add("accepted", before.eventsWaiting + before.eventsDead)
        state.add("recovered", before.alertsWaiting + before.alertsDead)
        state.add("quarantined", before.quarantineHeld)
        state.settled.clear()
        state.settled.set("since", Math.floor(now / 3_600_000))
        return { before, after: pageNow() }
      })
    })
  })
)

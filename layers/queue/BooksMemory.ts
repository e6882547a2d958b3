import { Clock, Effect, Layer } from "effect"
import { Books } from "./Books.ts"
import { QueueState } from "./QueueState.ts"
import { ratesOf } from "./rates.ts"

/** Keeps everything, forgets everything at exit. */
export const BooksMemory = Layer.effect(
  Books,
  Effect.map(QueueState, (state) =>
    Books.of({
      page: Effect.sync(() => ({
        accepted: state.counted("accepted"),
        quarantined: state.counted("quarantined"),
        forwarded: state.counted("forwarded"),
        suppressed: state.counted("suppressed"),
        unmatched: state.counted("unmatched"),
        metaAlerts: state.counted("metaAlerts"),
        delivered: state.counted("delivered"),
        eventsWaiting: state.waiting(),
        eventsWaitingBytes: state.waitingBytes(),
        eventsDead: state.dead.size,
        eventsDiscarded: state.counted("eventsDiscarded"),
        alertsWaiting: state.alerts.size,
        alertsDead: state.alertsDead.size,
        alertsDiscarded: state.counted("alertsDiscarded"),
        quarantineHeld: state.quarantine.records.size,
        quarantineReplayed: state.counted("quarantineReplayed"),
        quarantineDiscarded: state.counted("quarantineDiscarded"),
        quarantineTrimmed: state.counted("quarantineTrimmed"),
        quarantineOverShare: state.counted("quarantineOverShare")
      })),
      rates: Effect.map(Clock.currentTimeMillis, (now) => ratesOf(now, state.rates))
    }))
)

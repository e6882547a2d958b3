import { Clock, Effect, Layer } from "effect"
import { Books, booksPage } from "./Books.ts"
import { QueueState } from "./QueueState.ts"
import { ratesOf } from "./rates.ts"

/** Keeps everything, forgets everything at exit. */
export const BooksMemory = Layer.effect(
  Books,
  Effect.map(QueueState, (state) =>
    Books.of({
      page: Effect.sync(() =>
        booksPage(state.counted, {
          eventsWaiting: state.waiting(),
          eventsWaitingBytes: state.waitingBytes(),
          eventsDead: state.dead.size,
          alertsWaiting: state.alerts.size,
          alertsDead: state.alertsDead.size,
          quarantineHeld: state.quarantine.records.size
        })
      ),
      rates: Effect.map(Clock.currentTimeMillis, (now) => ratesOf(now, state.rates))
    }))
)

import { Clock, Effect, Layer } from "effect"
import { Books, booksPage } from "../../../layers/queue/Books.ts"
import { ratesOf } from "../../../layers/queue/rates.ts"
import { settledOf } from "../../../layers/queue/settled.ts"
import { QueueState } from "./QueueState.ts"

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
      rates: Effect.map(Clock.currentTimeMillis, (now) => ratesOf(now, state.rates)),
      settledByHour: Effect.map(Clock.currentTimeMillis, (now) => {
        const [oldest = "0"] = [...state.pending.keys(), ...state.unread.keys()]
          .sort((a, b) => Number.parseInt(a) - Number.parseInt(b))
        return settledOf(now, Number.parseInt(oldest), state.settled)
      })
    }))
)

import { Effect, Layer, Metric } from "effect"
import { Books } from "../../../layers/queue/Books.ts"
import { supervised } from "../../../layers/telemetry/supervised.ts"
import { balanced } from "./balanced.ts"

const difference = Metric.gauge("mutt_books_difference", {
  description:
    "What the books cannot account for, by line: events, alerts, quarantine. It must be 0; take max of its absolute value."
})
const events = Metric.gauge("mutt_books_events", {
  description:
    "Events accepted ever, by where they are now: forwarded, suppressed, unmatched, waiting, dead, discarded; take max."
})

const everyMs = 5_000

/** Shows one reading of the books. */
export const lookAtBooks = Effect.gen(function*() {
  const books = yield* Books
  const page = balanced(yield* books.page)
  for (const line of ["events", "alerts", "quarantine"] as const) {
    yield* Metric.update(Metric.withAttributes(difference, { line }), page[line].difference)
  }
  for (const outcome of ["forwarded", "suppressed", "unmatched", "waiting", "dead", "discarded"] as const) {
    yield* Metric.update(Metric.withAttributes(events, { outcome }), page.events[outcome])
  }
})

/** Reads the books every 5 seconds. That Redis is away is told by others; what was read before stays. */
export const BooksLookLayer = Layer.effectDiscard(
  Effect.ignore(lookAtBooks).pipe(
    Effect.andThen(Effect.sleep(everyMs)),
    Effect.forever,
    supervised("books.look")
  )
)

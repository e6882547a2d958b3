import type { BooksView } from "../../../../../src/api/web-ui/Overview.ts"
import type { Place } from "../../shell/places.ts"

/** A number of the books with the word for it, and where to see what it counts. */
export interface Term {
  readonly count: number
  readonly word: string
  readonly to: Place["path"]
  readonly search?: Readonly<Record<string, string>>
}

/** One account: what came in, and where it is. */
export interface BookLine {
  readonly key: "events" | "alerts" | "quarantine"
  readonly total: Term
  /** Without those that are zero. */
  readonly terms: ReadonlyArray<Term>
  /** What is in no place; less than zero: what is there twice. */
  readonly difference: number
}

const events = (outcome: string) => ({ to: "/events", search: { outcome } }) as const
const letters = (queue: string) => ({ to: "/dead-letters", search: { queue } }) as const
const alerts = (state: string) => ({ to: "/alerts", search: { state } }) as const
const decisions = { to: "/audit", search: { table: "dead_letters" } } as const

const some = (terms: ReadonlyArray<Term>): ReadonlyArray<Term> => terms.filter(({ count }) => count !== 0)

/** The books as lines of words, those that do not balance first. An account that nothing came into says nothing. */
export const bookLines = (books: BooksView): ReadonlyArray<BookLine> => {
  const lines: ReadonlyArray<BookLine> = [
    {
      key: "events",
      total: { count: books.events.accepted, word: "events accepted", to: "/events" },
      terms: some([
        { count: books.events.forwarded, word: "forwarded", ...events("forwarded") },
        { count: books.events.suppressed, word: "suppressed", ...events("suppressed") },
        { count: books.events.unmatched, word: "matched no rule", ...events("unmatched") },
        { count: books.events.waiting, word: "waiting", to: "/fleet", search: { program: "alerter" } },
        { count: books.events.dead, word: "dead letters", ...letters("events") },
        { count: books.events.discarded, word: "discarded", ...decisions }
      ]),
      difference: books.events.difference
    },
    {
      key: "alerts",
      total: {
        count: books.alerts.from_events + books.alerts.meta + books.alerts.recovered,
        word: "alerts",
        to: "/alerts"
      },
      terms: some([
        { count: books.alerts.delivered, word: "delivered", ...alerts("delivered") },
        { count: books.alerts.waiting, word: "on the way", ...alerts("way,parked") },
        { count: books.alerts.dead, word: "dead letters", ...letters("alerts") },
        { count: books.alerts.discarded, word: "discarded", ...decisions }
      ]),
      difference: books.alerts.difference
    },
    {
      key: "quarantine",
      total: { count: books.quarantine.received, word: "records unreadable", ...letters("quarantine") },
      terms: some([
        { count: books.quarantine.held, word: "in quarantine", ...letters("quarantine") },
        { count: books.quarantine.replayed, word: "read again", ...decisions },
        { count: books.quarantine.discarded, word: "discarded", ...decisions },
        { count: books.quarantine.trimmed, word: "too old to keep", ...letters("quarantine") },
        { count: books.quarantine.over_share, word: "counted only", ...letters("quarantine") }
      ]),
      difference: books.quarantine.difference
    }
  ]
  return lines.filter(({ difference, terms, total }) => total.count !== 0 || terms.length > 0 || difference !== 0)
    .toSorted((a, b) => Number(a.difference === 0) - Number(b.difference === 0))
}

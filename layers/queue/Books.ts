import { Context, type Effect } from "effect"
import type { HourCount } from "../../src/logic/compareRecord.ts"
import type { BreakerState } from "./AlertQueue.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/** What the queue holds now. */
interface Held {
  readonly eventsWaiting: number
  readonly eventsWaitingBytes: number
  readonly eventsDead: number
  readonly alertsWaiting: number
  readonly alertsDead: number
  readonly quarantineHeld: number
}

/**
 * Accounts for every event, counted in the same atomic step that moves it, and therefore true at any moment:
 *
 * `accepted = forwarded + suppressed + unmatched + eventsWaiting + eventsDead + eventsDiscarded`
 * `forwarded + metaAlerts + recovered = delivered + alertsWaiting + alertsDead + alertsDiscarded`
 * `quarantined = quarantineHeld + quarantineReplayed + quarantineDiscarded + quarantineTrimmed + quarantineOverShare`
 *
 * A replayed dead letter waits again, and nothing else is counted. A replayed record of the quarantine is accepted
 * then. An event whose alert is there already, or was a short while ago, counts as suppressed: that alert stands for
 * it.
 */
export interface BooksPage extends Held {
  readonly accepted: number
  /** Records that could not become events, kept or not. */
  readonly quarantined: number
  readonly forwarded: number
  readonly suppressed: number
  readonly unmatched: number
  readonly metaAlerts: number
  /** Alerts that were handed over again from the record, and those that were here when this page began. */
  readonly recovered: number
  readonly delivered: number
  readonly eventsDiscarded: number
  readonly alertsDiscarded: number
  /** Could be read later, and became events. */
  readonly quarantineReplayed: number
  readonly quarantineDiscarded: number
  /** Were kept for as long as records are. */
  readonly quarantineTrimmed: number
  /** Were not kept: their origin was over its share. */
  readonly quarantineOverShare: number
}

/** A number that only grows. */
export type Counter = Exclude<keyof BooksPage, keyof Held>

export const booksPage = (count: (counter: Counter) => number, held: Held): BooksPage => ({
  ...held,
  accepted: count("accepted"),
  quarantined: count("quarantined"),
  forwarded: count("forwarded"),
  suppressed: count("suppressed"),
  unmatched: count("unmatched"),
  metaAlerts: count("metaAlerts"),
  recovered: count("recovered"),
  delivered: count("delivered"),
  eventsDiscarded: count("eventsDiscarded"),
  alertsDiscarded: count("alertsDiscarded"),
  quarantineReplayed: count("quarantineReplayed"),
  quarantineDiscarded: count("quarantineDiscarded"),
  quarantineTrimmed: count("quarantineTrimmed"),
  quarantineOverShare: count("quarantineOverShare")
})

export interface IntakeRates {
  /** Accepted events, without replays, of the last 60 minutes, oldest first; the last one is the minute under way. */
  readonly minutes: ReadonlyArray<number>
  /** Of the last 24 hours, oldest first; the last one is the hour under way. */
  readonly hours: ReadonlyArray<number>
  /** The server's time of the reading, epoch milliseconds. */
  readonly at: number
}

/** How many events were settled, by the hour in which they were received and the outcome in the record. */
export interface SettledPage {
  /** Of 48 hours. Dead letters are not counted: they have no row. */
  readonly counts: ReadonlyArray<HourCount>
  /** The hour in which this count began; absent: nothing is counted. */
  readonly since: number | undefined
  /** When the oldest event came into the queue that is not settled, epoch milliseconds. */
  readonly oldestWaiting: number | undefined
  /** The server's time of the reading, epoch milliseconds. */
  readonly at: number
}

/** The books, and how fast what waits can go on. */
export interface FlowReading {
  readonly page: BooksPage
  /** Since the oldest event came into the queue; 0 when it is empty. */
  readonly oldestEventMs: number
  /** Alerts that wait behind another one of their signature. */
  readonly alertsBehind: number
  /** For how long the alert that is due first could have been claimed; 0 when none is due. */
  readonly overdueAlertMs: number
  readonly breaker: BreakerState
  /** Tokens of delivery, and when there were so many, epoch milliseconds; absent before the first delivery. */
  readonly bucket: { readonly left: number; readonly at: number } | undefined
  /** The server's time of the reading, epoch milliseconds. */
  readonly at: number
}

export class Books extends Context.Service<Books, {
  /** One consistent reading. */
  readonly page: Effect.Effect<BooksPage, QueueUnavailable>
  /** One consistent reading, as cheap as a page. */
  readonly flow: Effect.Effect<FlowReading, QueueUnavailable>
  readonly rates: Effect.Effect<IntakeRates, QueueUnavailable>
  readonly settledByHour: Effect.Effect<SettledPage, QueueUnavailable>
  /**
   * Begins a new page, in one step: what is here counts as accepted and recovered, and settled events are counted by
   * hour from now on. For a queue that lost a part of what it had counted.
   */
  readonly reset: Effect.Effect<{ readonly before: BooksPage; readonly after: BooksPage }, QueueUnavailable>
}>()("mutt/layers/queue/Books") {}

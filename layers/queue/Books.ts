import { Context, type Effect } from "effect"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/**
 * What became of every event, counted in the same atomic steps that moved it, and therefore true at any moment:
 *
 * `accepted = forwarded + suppressed + unmatched + eventsWaiting + eventsDead + eventsDiscarded`
 * `forwarded + metaAlerts = delivered + alertsWaiting + alertsDead + alertsDiscarded`
 * `quarantined = quarantineHeld + quarantineReplayed + quarantineDiscarded + quarantineTrimmed + quarantineOverShare`
 *
 * A dead letter that is replayed waits again; nothing else is counted. A quarantined record that is replayed is accepted then. An event whose alert is there already, or was handed over a short
 * while ago, is counted as suppressed: that alert stands for it.
 */
export interface BooksPage {
  readonly accepted: number
  /** Records that could not become events, kept or not. */
  readonly quarantined: number
  readonly forwarded: number
  readonly suppressed: number
  readonly unmatched: number
  readonly metaAlerts: number
  readonly delivered: number
  readonly eventsWaiting: number
  readonly eventsWaitingBytes: number
  readonly eventsDead: number
  readonly eventsDiscarded: number
  readonly alertsWaiting: number
  readonly alertsDead: number
  readonly alertsDiscarded: number
  readonly quarantineHeld: number
  /** Could be read later, and became events. */
  readonly quarantineReplayed: number
  readonly quarantineDiscarded: number
  /** Were kept for as long as records are. */
  readonly quarantineTrimmed: number
  /** Were not kept: their origin was over its share. */
  readonly quarantineOverShare: number
}

export interface IntakeRates {
  /** Accepted events, without replays, of the last 60 minutes, oldest first; the last one is the minute under way. */
  readonly minutes: ReadonlyArray<number>
  /** Of the last 24 hours, oldest first; the last one is the hour under way. */
  readonly hours: ReadonlyArray<number>
  /** The server's time of the reading, epoch milliseconds. */
  readonly at: number
}

export class Books extends Context.Service<Books, {
  /** One consistent reading. */
  readonly page: Effect.Effect<BooksPage, QueueUnavailable>
  readonly rates: Effect.Effect<IntakeRates, QueueUnavailable>
}>()("mutt/layers/queue/Books") {}

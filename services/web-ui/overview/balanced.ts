import type { BooksPage } from "../../../layers/queue/Books.ts"
import type { BooksView } from "../../../src/api/web-ui/Overview.ts"

/** Balances the books: every accepted event and every alert is in exactly one place. */
export const balanced = (page: BooksPage): BooksView => {
  const eventsAccounted = page.forwarded + page.suppressed + page.unmatched + page.eventsWaiting + page.eventsDead +
    page.eventsDiscarded
  const alertsAccounted = page.delivered + page.alertsWaiting + page.alertsDead + page.alertsDiscarded
  const events = page.accepted - eventsAccounted
  const alerts = page.forwarded + page.metaAlerts + page.recovered - alertsAccounted
  const quarantine = page.quarantined - page.quarantineHeld - page.quarantineReplayed - page.quarantineDiscarded -
    page.quarantineTrimmed - page.quarantineOverShare
  return {
    balanced: events === 0 && alerts === 0 && quarantine === 0,
    events: {
      accepted: page.accepted,
      forwarded: page.forwarded,
      suppressed: page.suppressed,
      unmatched: page.unmatched,
      waiting: page.eventsWaiting,
      waiting_bytes: page.eventsWaitingBytes,
      dead: page.eventsDead,
      discarded: page.eventsDiscarded,
      difference: events
    },
    alerts: {
      from_events: page.forwarded,
      meta: page.metaAlerts,
      recovered: page.recovered,
      delivered: page.delivered,
      waiting: page.alertsWaiting,
      dead: page.alertsDead,
      discarded: page.alertsDiscarded,
      difference: alerts
    },
    quarantine: {
      received: page.quarantined,
      held: page.quarantineHeld,
      replayed: page.quarantineReplayed,
      discarded: page.quarantineDiscarded,
      trimmed: page.quarantineTrimmed,
      over_share: page.quarantineOverShare,
      difference: quarantine
    }
  }
}

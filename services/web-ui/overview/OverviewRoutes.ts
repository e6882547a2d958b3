import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Books, type BooksPage } from "../../../layers/queue/Books.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { BooksView, RecordView } from "../../../src/api/web-ui/Overview.ts"
import { versionAnswer } from "../http/apiVersion.ts"
import { timeOf } from "../http/paging.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { IngestRates } from "./IngestRates.ts"
import { Objectives, type PrometheusUnavailable } from "./Objectives.ts"
import { ProgramStatuses } from "./ProgramStatuses.ts"
import { RecordComparison, type RecordVerdict } from "./RecordComparison.ts"

export const OverviewHandlers = HttpApiBuilder.group(
  WebUiApi,
  "overview",
  Effect.fn(function*(handlers) {
    const rates = yield* IngestRates
    const books = yield* Books
    const statuses = yield* ProgramStatuses
    const objectives = yield* Objectives
    const { compare } = yield* RecordComparison
    const answered = orUnavailable("queue")

    return handlers.handleAll({
      metrics: () => rates.current.pipe(answered),
      books: () => books.page.pipe(Effect.map(balanced), answered),
      verifyBooks: Effect.fnUntraced(function*({ query }) {
        const from = yield* timeOf("from", query.from)
        const to = yield* timeOf("to", query.to)
        return yield* compare((all) => ({
          from: from === undefined ? all.from : Math.floor(Date.parse(from) / hourMs),
          to: to === undefined ? all.to : Math.ceil(Date.parse(to) / hourMs)
        })).pipe(
          Effect.map(recordView),
          Effect.catchTag("EventAuditFailed", unavailable("event audit")),
          answered
        )
      }),
      slo: () => objectives.status.pipe(Effect.catchTag("PrometheusUnavailable", noPrometheus)),
      status: () => Effect.map(statuses.status, (programs) => ({ programs })),
      version: () => Effect.succeed(versionAnswer)
    })
  })
)

const noPrometheus = ({ detail }: PrometheusUnavailable) =>
  Effect.logWarning("Prometheus did not say how the objectives stand.").pipe(
    Effect.annotateLogs({ detail }),
    Effect.andThen(
      Effect.fail(new Unavailable({ outcome: "unchanged", detail: `The objectives cannot be told. ${detail}` }))
    )
  )

const hourMs = 3_600_000

const hourText = (hour: number): string => DateTime.formatIso(DateTime.makeUnsafe(hour * hourMs))

const recordView = ({ difference, found, hours }: RecordVerdict): RecordView => ({
  whole: found.length === 0,
  from: hourText(hours.from),
  to: hourText(hours.to),
  hours: hours.to - hours.from,
  difference,
  found: found.map((one) => ({ ...one, hour: hourText(one.hour) }))
})

/** Balances the books: every accepted event and every alert is in exactly one place. */
export const balanced = (page: BooksPage): BooksView => {
  const eventsAccounted = page.forwarded + page.suppressed + page.unmatched + page.eventsWaiting + page.eventsDead +
    page.eventsDiscarded
  const alertsAccounted = page.delivered + page.alertsWaiting + page.alertsDead + page.alertsDiscarded
  const events = page.accepted - eventsAccounted
  const alerts = page.forwarded + page.metaAlerts - alertsAccounted
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

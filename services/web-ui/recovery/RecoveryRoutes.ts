import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { ForwardedEvents, readForwardedPlace, writeForwardedPlace } from "../../../layers/audit/ForwardedEvents.ts"
import { Books } from "../../../layers/queue/Books.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { ChainBroken } from "../../../src/api/web-ui/Recovery.ts"
import { ChainVerdict } from "../audit/ChainVerdict.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { timeOf } from "../http/paging.ts"
import { recordedInSteps } from "../http/recordedInSteps.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { balanced } from "../overview/balanced.ts"
import { RecordComparison } from "../overview/RecordComparison.ts"
import { recordView } from "../overview/recordView.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { type AlertsProgress, makeRecoverAlerts, reachedOf } from "./recoverAlerts.ts"
import {
  firstPlace,
  makeRecoverRecord,
  readRecordPlace,
  type RecordProgress,
  writeRecordPlace
} from "./recoverRecord.ts"

const answered = orUnavailable("queue")

export const RecoveryHandlers = HttpApiBuilder.group(
  WebUiApi,
  "recovery",
  Effect.fn(function*(handlers) {
    const recorded = recordedInSteps(yield* ConfigAudit)
    const chain = yield* AuditChain
    const verdict = yield* ChainVerdict
    const books = yield* Books
    const forwarded = yield* ForwardedEvents
    const { compare } = yield* RecordComparison
    const recoverRecord = yield* makeRecoverRecord
    const recoverAlerts = yield* makeRecoverAlerts
    const { sweepSeconds } = yield* WebUiSettings
    const mostMs = sweepSeconds * 1_000

    /** Where the alerts begin that are meant. */
    const alertsFrom = Effect.fnUntraced(function*(from: string | undefined, after: string | undefined) {
      if (after !== undefined) return readForwardedPlace(after) ?? (yield* wrongPlace)
      const since = yield* timeOf("from", from)
      if (since === undefined) return yield* missingFrom
      return yield* Effect.catch(forwarded.since(Date.parse(since)), unavailable("event audit"))
    })

    return handlers.handleAll({
      record: Effect.fnUntraced(function*({ payload: { after, dry_run = false, reason } }) {
        const place = after === undefined ? firstPlace : readRecordPlace(after) ?? (yield* wrongPlace)
        const progress: RecordProgress = { written: 0, there: 0, meta: 0, unreadable: 0, place }
        const ends = () => {
          const { place, ...counts } = progress
          return { ...counts, ...(place === undefined ? {} : { next: writeRecordPlace(place) }) }
        }
        const work = recoverRecord(progress, dry_run, mostMs)
        if (dry_run) yield* work
        else {
          yield* recorded(
            {
              author: yield* changeAuthor({ reason }),
              table: "event_audit_log",
              key: "recovery",
              action: "recover",
              asked: { after: after ?? null },
              soFar: ends
            },
            work,
            () => ({ values: ends() })
          )
        }
        const { eventsWaiting } = yield* books.page
        return { ...ends(), events_waiting: eventsWaiting }
      }, answered),
      alerts: Effect.fnUntraced(function*({ payload: { after, delivered = false, dry_run = false, from, reason } }) {
        const place = yield* alertsFrom(from, after)
        const { alertsWaiting } = yield* books.page
        const progress: AlertsProgress = {
          found: 0,
          handedOver: 0,
          known: 0,
          unreadable: 0,
          waiting: alertsWaiting,
          place
        }
        const ends = () => {
          const { handedOver, place: next, ...counts } = progress
          return {
            ...counts,
            handed_over: handedOver,
            reached: reachedOf(next ?? { ...place, micros: place.until }),
            ...(next === undefined ? {} : { next: writeForwardedPlace(next) })
          }
        }
        const work = recoverAlerts(progress, { delivered, dryRun: dry_run }, mostMs)
        if (dry_run) yield* work
        else {
          yield* recorded(
            {
              author: yield* changeAuthor({ reason }),
              table: "alerts",
              key: "recovery",
              action: "recover",
              asked: { from: reachedOf(place), delivered },
              soFar: ends
            },
            work,
            () => ({ values: ends() })
          )
        }
        return ends()
      }, answered),
      books: Effect.fnUntraced(function*({ payload: { reason } }) {
        const found = yield* compare((all) => all).pipe(
          Effect.catchTag(
            "EventAuditFailed",
            (error) => droppedAt("recovery.record", "What the record lacks could not be told.")(Effect.fail(error))
          )
        )
        const record = found === undefined ? {} : { record: recordView(found) }
        const { after, before } = yield* recorded(
          {
            author: yield* changeAuthor({ reason }),
            table: "books",
            key: "page",
            action: "reset",
            asked: record
          },
          books.reset,
          ({ after, before }) => ({ values: { before: { ...before }, after: { ...after } } })
        )
        return { before: balanced(before), after: balanced(after), ...record }
      }, answered),
      audit: Effect.fnUntraced(function*({ payload: { reason } }) {
        const restored = yield* chain.restored(yield* changeAuthor({ reason }))
        // Whoever is answered from memory shall hear of it.
        yield* verdict.ask(false)
        return { restored: restored ?? null }
      }, (effect) =>
        effect.pipe(
          Effect.catchTag("AuditChainBroken", ({ detail, fault, seq }) =>
            new ChainBroken({ seq, fault, detail: `The chain has another fault than a restore leaves. ${detail}` })),
          orUnavailable("configuration audit")
        ))
    })
  })
)

const invalid = (field: string, message: string) =>
  new Invalid({ detail: `${field}: ${message}`, errors: [{ field, message }] })

const wrongPlace = Effect.fail(invalid("after", "Is no place that an answer before has named."))
const missingFrom = Effect.fail(invalid("from", "Says since when; only with after it may be left out."))

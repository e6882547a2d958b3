import { Effect, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import { type AlertDetail, AlertState } from "../../../src/api/web-ui/Alerts.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { alertNotFound } from "../../../src/domain/AlertProblems.ts"
import { countDiffers } from "../../../src/domain/CountDiffers.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { limitOf } from "../http/paging.ts"
import { recordedInSteps } from "../http/recordedInSteps.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { AlertPages } from "./AlertPages.ts"
import { alertFilter } from "./alertRows.ts"
import { groupAlerts } from "./groupAlerts.ts"
import { parkedAlerts } from "./parkedAlerts.ts"

const answered = orUnavailable("alerts")

/** The record does not answer. Rows are asked for by their ids, so nothing of the request can be at fault. */
const recordAnswered = <A, E, R>(effect: Effect.Effect<A, E | EventAuditFailed, R>) =>
  Effect.catchIf(
    effect,
    (error): error is EventAuditFailed => error instanceof EventAuditFailed,
    ({ _tag, detail }) => unavailable("alerts")({ _tag, detail })
  )

const statesOf = (text: string | undefined): ReadonlyArray<AlertState> | undefined => {
  const wanted = text?.split(",")
  return wanted === undefined ? undefined : AlertState.literals.filter((state) => wanted.includes(state))
}

const withoutAttempts = Struct.omit<AlertDetail, ["attempts"]>(["attempts"])

export const AlertsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "alerts",
  Effect.fn(function*(handlers) {
    const pages = yield* AlertPages
    const waiting = yield* WaitingAlerts
    const recorded = recordedInSteps(yield* ConfigAudit)
    const { scanMost } = yield* WebUiSettings

    return handlers.handleAll({
      list: Effect.fnUntraced(
        function*({ query: { cursor, limit: asked, state, ...filter } }) {
          const limit = limitOf(asked === undefined ? {} : { limit: asked })
          const { next, rows } = yield* pages.page({
            states: statesOf(state) ?? AlertState.literals,
            fits: alertFilter(filter),
            limit,
            looked: scanMost,
            cursor
          })
          return {
            alerts: rows.map(withoutAttempts),
            pagination: { limit, ...(next === undefined ? {} : { next_cursor: next }) }
          }
        },
        dbQueryTimed("list_alerts"),
        answered,
        recordAnswered
      ),
      groups: Effect.fnUntraced(
        function*({ query: { by, state, ...filter } }) {
          const { next, rows } = yield* pages.page({
            states: statesOf(state) ?? AlertState.literals.filter((one) => one !== "delivered"),
            fits: alertFilter(filter),
            limit: scanMost,
            looked: scanMost
          })
          return { ...groupAlerts(rows, by), exact: next === undefined }
        },
        dbQueryTimed("group_alerts"),
        answered,
        recordAnswered
      ),
      byId: Effect.fnUntraced(
        function*({ params: { id } }) {
          return (yield* pages.find(id)) ?? (yield* alertNotFound())
        },
        dbQueryTimed("get_alert"),
        answered,
        recordAnswered
      ),
      retry: Effect.fnUntraced(function*({ payload: { expected = 0, filter = {}, ids: named, reason } }) {
        const ids = named ?? (yield* parkedAlerts(waiting, filter, expected))
        if (named === undefined && ids.length !== expected) return yield* countDiffers(expected, ids.length)
        const asked = named === undefined ? { filter: { ...filter }, matched: ids.length } : { ids }
        const retried = yield* recorded(
          {
            author: yield* changeAuthor({ reason: reason ?? null }),
            table: "alerts",
            key: "parked",
            action: "retry",
            asked
          },
          waiting.retry(ids),
          (retried) => ({ values: { ...asked, retried: retried.length } })
        )
        return { matched: ids.length, retried: retried.length, skipped: ids.length - retried.length }
      }, answered)
    })
  })
)

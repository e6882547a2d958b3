import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AlertNotFound } from "../../domain/AlertProblems.ts"
import { CountDiffers } from "../../domain/CountDiffers.ts"
import { Attempt } from "../../domain/DeadLetter.ts"
import { Handling } from "../../domain/Rule.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, rowId, text } from "../shared/fields.ts"
import { Idempotent, InSteps } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { idsOrFilter } from "./idsOrFilter.ts"
import { cursorLike, limit } from "./paging.ts"

/**
 * `waiting` for its turn, or behind another alert of its signature; `parked` until its next try; `claimed`: it is being
 * sent; `dead`: a dead letter.
 */
export const AlertState = Schema.Literals(["waiting", "parked", "claimed", "dead", "delivered"])
export type AlertState = typeof AlertState.Type

export const AlertRow = Schema.Struct({
  /** The id of its event; of a meta-alert, of the event that completed the count. */
  id: Schema.String,
  state: AlertState,
  /** What is told of an alert by its event is `null` once the record has let that go. */
  hostname: Schema.NullOr(Schema.String),
  signature: Schema.NullOr(Schema.String),
  team: Schema.NullOr(Schema.String),
  handling: Schema.NullOr(Schema.String),
  severity: Schema.NullOr(Schema.Int),
  /** `null` for a meta-alert. */
  rule_id: Schema.NullOr(Schema.Int),
  decided_at: Schema.NullOr(Schema.String),
  /** Tries that counted. */
  tries: Schema.Int,
  /** When it may be tried next; of one that is claimed, by when it must have ended. */
  next_at: Schema.NullOr(Schema.String),
  delivered_at: Schema.NullOr(Schema.String),
  /** From the arrival of the event to the delivery. */
  ms: Schema.NullOr(Schema.Finite),
  /** What the newest try that failed came to. */
  answer: Schema.NullOr(Schema.String)
}).annotate({ identifier: "AlertRow" })
export type AlertRow = typeof AlertRow.Type

export const AlertDetail = Schema.Struct({
  ...AlertRow.fields,
  /** The newest tries that failed, oldest first. */
  attempts: Schema.Array(Attempt)
}).annotate({ identifier: "AlertDetail" })
export type AlertDetail = typeof AlertDetail.Type

const states = AlertState.literals.join("|")

/** Which alerts are meant; what is absent says nothing. */
const alertFilter = {
  host: Schema.optionalKey(text(255)),
  signature: Schema.optionalKey(text(1_000)),
  team: Schema.optionalKey(text(255)),
  handling: Schema.optionalKey(Handling)
}

const AlertQuery = Schema.Struct({
  /** One or several, with commas between. */
  state: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(new RegExp(`^(?:${states})(?:,(?:${states})){0,4}$`, "u"), {
      message: `Is one or several of ${AlertState.literals.join(", ")}, with commas between.`
    }))
  ),
  ...alertFilter,
  rule: Schema.optionalKey(rowId)
})

const AlertFilter = Schema.Struct({ ...alertFilter, rule: Schema.optionalKey(Schema.Int) })
  .annotate({ identifier: "AlertFilter" })
export type AlertFilter = typeof AlertFilter.Type

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
const alertId = Schema.String.check(Schema.isPattern(uuid, { message: "Is no id of an alert." }))

/** Names alerts, at most 500; or says which, and how many parked ones they are. */
export const AlertSelection = Schema.Struct({
  ids: Schema.optionalKey(Schema.Array(alertId).check(Schema.isMinLength(1), Schema.isMaxLength(500))),
  filter: Schema.optionalKey(AlertFilter),
  expected: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))),
  reason: Reason
}).check(idsOrFilter)
export type AlertSelection = typeof AlertSelection.Type

export const AlertGroups = Schema.Struct({
  /** The largest 200, by count. */
  groups: Schema.Array(Schema.Struct({
    key: Schema.NullOr(Schema.String),
    count: Schema.Int,
    /** How many are in each state. */
    states: Schema.Record(Schema.String, Schema.Int)
  })),
  total: Schema.Int,
  omitted: Schema.Int,
  /** `false`: not all were looked at, as there are too many (`API_SCAN_MAX`). */
  exact: Schema.Boolean
}).annotate({ identifier: "AlertGroups" })
export type AlertGroups = typeof AlertGroups.Type

const cursor = cursorLike(/^(?:due|behind|dead|delivered)_[!-~]{0,400}$/u)

export class AlertsGroup extends HttpApiGroup.make("alerts")
  .add(
    HttpApiEndpoint.get("list", "/alerts", {
      query: { ...AlertQuery.fields, limit: Schema.optionalKey(limit), cursor },
      success: Schema.Struct({
        alerts: Schema.Array(AlertRow),
        pagination: Schema.Struct({
          limit: Schema.Int,
          /** A page may have fewer than `limit`, or none, and go on: a request looks at so many (`API_SCAN_MAX`). */
          next_cursor: Schema.optionalKey(Schema.String)
        })
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "Alerts on their way by their next try, then dead and delivered ones, newest first"
    ),
    HttpApiEndpoint.get("groups", "/alerts/groups", {
      query: { ...AlertQuery.fields, by: Schema.Literals(["signature", "host"]) },
      success: AlertGroups,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "The same by signature or host, with their numbers; delivered ones only when asked for by state"
    ),
    HttpApiEndpoint.get("byId", "/alerts/:id", {
      params: { id: alertId },
      success: AlertDetail,
      error: [AlertNotFound, Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "An alert with its tries"),
    HttpApiEndpoint.post("retry", "/alerts/retry", {
      payload: AlertSelection,
      success: Schema.Struct({
        matched: Schema.Int,
        /** Are due now. */
        retried: Schema.Int,
        /** Were not parked, or not any more. */
        skipped: Schema.Int
      }),
      error: [CountDiffers, Invalid, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Try parked alerts now; the rate of delivery and the breaker hold as before"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotate(InSteps, true)
  .annotateMerge(OpenApi.annotations({ title: "Alerts" }))
{}

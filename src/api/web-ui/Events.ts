import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Attempt } from "../../domain/DeadLetter.ts"
import { EventAuditEntry } from "../../domain/Decision.ts"
import { EventNotFound } from "../../domain/EventProblems.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { eventRef } from "./eventRef.ts"

/** The way of an alert: where it is, and each try. */
export const AlertWay = Schema.Struct({
  /**
   * `waiting` for its turn, a retry or a token; `sending`; `behind` another alert of its signature; `delivered`; `dead`:
   * a dead letter; `gone`: discarded, or handled before deliveries were recorded.
   */
  state: Schema.Literals(["waiting", "sending", "behind", "delivered", "dead", "gone"]),
  /** The signature that it waits behind. */
  behind: Schema.NullOr(Schema.String),
  /** When it may be tried next. */
  due_at: Schema.NullOr(Schema.String),
  delivered_at: Schema.NullOr(Schema.String),
  /** From the arrival of the event to the delivery. */
  ms: Schema.NullOr(Schema.Finite),
  /** Tries that counted. */
  tries: Schema.Int,
  /** The newest that failed, oldest first. */
  attempts: Schema.Array(Attempt)
}).annotate({ identifier: "AlertWay" })
export type AlertWay = typeof AlertWay.Type

export const EventDetail = Schema.Struct({
  event: EventAuditEntry,
  /** `null`: no alert was made of it. */
  alert: Schema.NullOr(AlertWay)
}).annotate({ identifier: "EventDetail" })
export type EventDetail = typeof EventDetail.Type

const id = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
/** Ids of one request. */
export const mostRaw = 100

const RawEvents = Schema.Struct({
  /** Of each that is recorded, what an event's `raw_message` is. */
  events: Schema.Array(Schema.Struct({ id: Schema.String, raw_message: Schema.String })),
  /** Recorded too, but too much for one answer: to be asked for again. */
  rest: Schema.Array(Schema.String)
}).annotate({ identifier: "RawEvents" })

const OtherRule = Schema.Struct({ rule_id: Schema.Int, name: Schema.String, priority: Schema.Int, why: Schema.String })

/** The silence that held an event back; `null` is what is not known any more. */
export const SilenceExplanation = Schema.Struct({
  id: Schema.Int,
  /** Which of its times, by the clocks of its zone; `null` without a schedule. */
  occurrence: Schema.NullOr(Schema.String),
  zone: Schema.NullOr(Schema.String),
  created_by: Schema.NullOr(Schema.String),
  /** Of the revision of then. */
  comment: Schema.NullOr(Schema.String),
  revision: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "SilenceExplanation" })
export type SilenceExplanation = typeof SilenceExplanation.Type

export const EventExplanation = Schema.Struct({
  ...EventDetail.fields,
  /** What the rules of its version say of it; `null` when that version is not known any more. */
  rules: Schema.NullOr(Schema.Struct({
    version: Schema.Int,
    /** Are these the rules in force? */
    in_force: Schema.Boolean,
    /** The rule that decided, as it was. */
    decided_by: Schema.NullOr(OtherRule),
    /** The rules before it, with why each did not decide. */
    before: Schema.Array(OtherRule),
    /** Rules after it that match too. */
    also_match: Schema.Array(OtherRule),
    /** Rules that were not looked at: there are too many. */
    omitted: Schema.Int
  })),
  /** `null`: none held it back. */
  silence: Schema.NullOr(SilenceExplanation),
  /** The same in sentences, for people. */
  sentences: Schema.Array(Schema.String)
}).annotate({ identifier: "EventExplanation" })
export type EventExplanation = typeof EventExplanation.Type

export class EventsGroup extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("raw", "/events/raw", {
      query: {
        /** Up to 100, with commas between. An id without a time in it, of no version 7, is not found here. */
        ids: Schema.String.check(
          Schema.isPattern(new RegExp(`^${id}(?:,${id}){0,${mostRaw - 1}}$`, "u"), {
            message: `Are not 1 to ${mostRaw} event ids with commas between.`
          })
        )
      },
      success: RawEvents,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Some events as they came, to hold rules against them"),
    HttpApiEndpoint.get("byRef", "/events/:ref", {
      params: { ref: eventRef },
      success: EventDetail,
      error: [EventNotFound, Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "An event as it came, its decision, and the way of its alert"),
    HttpApiEndpoint.get("explain", "/events/:ref/explain", {
      params: { ref: eventRef },
      success: EventExplanation,
      error: [EventNotFound, Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Why an event was decided as it was, by the rules of then")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(
    OpenApi.annotations({ title: "Events", description: "Single events, and why they ended as they did." })
  )
{}

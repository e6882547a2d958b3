import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Cause, DecisionOutcome } from "../../domain/Decision.ts"
import { EventSource } from "../../domain/Event.ts"
import { EventBucket, EventRow } from "../../domain/EventRow.ts"
import { Environment } from "../../domain/Rule.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { text, whole } from "../shared/fields.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { When } from "./AuditLogs.ts"
import { eventCursor } from "./eventRef.ts"
import { StreamsFull } from "./Settings.ts"

/** What events are asked for by; all of it must hold. */
const filters = {
  /** A name or a glob, without case. */
  host: Schema.optionalKey(text(255)),
  /** Numbers from 0 (worst) to 7, with commas: any of them. */
  severity: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[0-7](?:,[0-7]){0,7}$/u, { message: "Is not like 3 or 0,1,2." }))
  ),
  outcome: Schema.optionalKey(DecisionOutcome),
  cause: Schema.optionalKey(Cause),
  /** The number of a rule, or the name that it had when it decided. */
  rule: Schema.optionalKey(text(64)),
  team: Schema.optionalKey(text(255)),
  environment: Schema.optionalKey(Environment),
  source: Schema.optionalKey(EventSource),
  sender: Schema.optionalKey(text(255)),
  /** Is within the message, without case. */
  text: Schema.optionalKey(text(1_024))
}
const Filters = Schema.Struct(filters)
export type EventFilters = typeof Filters.Type

const span = {
  /** Which time is meant by `from`, `to` and the order: of arrival, or as the device gave it. */
  order: Schema.optionalKey(Schema.Literals(["arrival", "device"])),
  /** Inclusive. */
  from: When,
  /** Exclusive. */
  to: When
}

const listCursor = eventCursor("(?:older|newer)_")

const EventsPage = Schema.Struct({
  events: Schema.Array(EventRow),
  pagination: Schema.Struct({
    limit: Schema.Int,
    /** There are older ones, at `next_cursor`. */
    has_more: Schema.Boolean,
    next_cursor: Schema.optionalKey(Schema.String),
    /** Leads to newer ones, also to those that will have come. */
    previous_cursor: Schema.optionalKey(Schema.String)
  })
}).annotate({ identifier: "EventsPage" })

const Values = Schema.Array(Schema.Tuple([Schema.String, Schema.Int]))

const EventCounts = Schema.Struct({
  /** The whole span in time order, empty buckets too. */
  buckets: Schema.Array(EventBucket),
  /** The 20 most frequent values of each, with how often they occur. */
  facets: Schema.Struct({
    host: Values,
    /** By name; by number where the name of then is not known. */
    rule: Values,
    team: Values,
    severity: Values,
    outcome: Values,
    cause: Values
  }),
  /** `false`: there are more than 1,000,000 rows, or it took too long, and the numbers are those of a sample, multiplied. */
  exact: Schema.Boolean
}).annotate({ identifier: "EventCounts" })

/** Events that came in, oldest first. `skipped` more were left out since the batch before, to keep up. */
export const EventBatch = Schema.Struct({ rows: Schema.Array(EventRow), skipped: Schema.Int }).annotate({
  identifier: "EventBatch"
})
export type EventBatch = typeof EventBatch.Type

/** What a tail tells: a batch, whose id is the place to go on from, or that the program stops. */
const TailEvent = Schema.Union([
  Schema.Struct({
    id: Schema.String,
    event: Schema.Literal("batch"),
    data: Schema.fromJsonString(EventBatch)
  }),
  Schema.Struct({ event: Schema.Literal("bye"), data: Schema.String })
])

export class EventListsGroup extends HttpApiGroup.make("eventLists")
  .add(
    HttpApiEndpoint.get("list", "/events", {
      query: {
        ...filters,
        ...span,
        /** 100 when absent. */
        limit: Schema.optionalKey(whole(1, 1_000)),
        cursor: listCursor
      },
      success: EventsPage,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Recorded events, newest first, without their raw text"),
    HttpApiEndpoint.get("counts", "/events/counts", {
      query: { ...filters, ...span },
      success: EventCounts,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "How many recorded events there are, by time and by what they have in common; of the last hour if not said"
    ),
    HttpApiEndpoint.get("stream", "/events/stream", {
      query: {
        ...filters,
        /** The `id` of a batch, to go on from there; a `Last-Event-ID` header says the same. */
        after: Schema.optionalKey(text(14_000))
      },
      success: HttpApiSchema.StreamSse({ events: TailEvent }),
      error: [StreamsFull, Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "Events as they are recorded, as server-sent events in batches, until the key is gone or for an hour"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(
    OpenApi.annotations({ title: "Event lists", description: "The record of events: found, counted, live." })
  )
{}

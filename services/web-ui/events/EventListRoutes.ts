import { Duration, Effect, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventList } from "../../../layers/audit/EventList.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { Invalid, Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { OpenStreams } from "../config/OpenStreams.ts"
import { notUnderstood } from "../http/paging.ts"
import { unavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { filterOf, spanOf, wholeSpanOf } from "./eventQuery.ts"
import { EventTails } from "./EventTails.ts"
import { tailEvent } from "./tailEvents.ts"

/** Rows of a page where nothing is said. */
const rowsByDefault = 100

export const EventListsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "eventLists",
  Effect.fn(function*(handlers) {
    const list = yield* EventList
    const tails = yield* EventTails
    const streams = yield* OpenStreams
    const { searchSeconds } = yield* WebUiSettings

    /** Bounds a search in time. The statement is cancelled. */
    const bounded = <A, R>(operation: string, search: Effect.Effect<A, EventAuditFailed, R>) =>
      search.pipe(
        dbQueryTimed(operation),
        Effect.catch((error) => failed(error, notUnderstood(error.detail))),
        Effect.timeoutOrElse({
          duration: Duration.seconds(searchSeconds),
          orElse: () => Effect.fail(late(searchSeconds))
        })
      )

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query }) {
        const filter = filterOf(query)
        const span = yield* spanOf(query, filter)
        const limit = query.limit ?? rowsByDefault
        const order = query.order ?? "arrival"
        const { next, previous, rows } = yield* bounded(
          "list_events",
          list.page({ ...span, filter, order, limit, cursor: query.cursor })
        )
        return {
          events: rows,
          pagination: {
            limit,
            has_more: next !== undefined,
            ...(next === undefined ? {} : { next_cursor: next }),
            ...(previous === undefined ? {} : { previous_cursor: previous })
          }
        }
      }),
      counts: Effect.fnUntraced(function*({ query }) {
        const filter = filterOf(query)
        const span = yield* wholeSpanOf(query, filter)
        return yield* bounded("count_events", list.counts({ ...span, filter, order: query.order ?? "arrival" }))
      }),
      stream: Effect.fnUntraced(function*({ query, request }) {
        const after = request.headers["last-event-id"] ?? query.after
        const followed = yield* tails.follow(filterOf(query), after).pipe(
          Effect.catchTag("EventAuditFailed", (error) => failed(error, placeRefused(error.detail)))
        )
        const guarded = yield* streams.guard(followed, request, yield* CurrentCaller)
        return HttpServerResponse.stream(Stream.encodeText(Stream.map(guarded, tailEvent)), {
          contentType: "text/event-stream",
          headers: { "cache-control": "no-store" }
        })
      })
    })
  })
)

/** Answers 422 for what is wrong with a request, 503 when the record does not answer. */
const failed = (error: EventAuditFailed, refusal: Invalid): Effect.Effect<never, Invalid | Unavailable> =>
  error.reason === "unavailable" ? unavailable("events")(error) : Effect.fail(refusal)

const placeRefused = (detail: string) => new Invalid({ detail, errors: [{ field: "after", message: detail }] })

const late = (seconds: number) =>
  new Unavailable({
    outcome: "unchanged",
    detail:
      `The search took more than ${seconds} seconds and was given up. Narrow it: a shorter time between \`from\` and \`to\`, the name of a host, or a rule.`
  })

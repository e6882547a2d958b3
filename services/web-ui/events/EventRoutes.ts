import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { EventLookup } from "../../../layers/audit/EventLookup.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { withinBytes } from "../../../src/logic/withinBytes.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { EventExplainer } from "./EventExplainer.ts"
import { recordAnswered } from "./recordAnswered.ts"

const answered = orUnavailable("events")

export const EventsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "events",
  Effect.fn(function*(handlers) {
    const explainer = yield* EventExplainer
    const lookup = yield* EventLookup
    const { pageMaxBytes } = yield* WebUiSettings
    return handlers.handleAll({
      raw: ({ query }) =>
        lookup.findAll([...new Set(query.ids.split(","))]).pipe(
          Effect.map((found) => {
            const events = found.map(({ id, raw_message }) => ({ id, raw_message }))
            const given = withinBytes(events, pageMaxBytes)
            return { events: given, rest: events.slice(given.length).map(({ id }) => id) }
          }),
          dbQueryTimed("get_raw_events"),
          recordAnswered
        ),
      byRef: ({ params }) => explainer.detail(params.ref).pipe(dbQueryTimed("get_event"), answered, recordAnswered),
      explain: ({ params }) =>
        explainer.explain(params.ref).pipe(dbQueryTimed("explain_event"), answered, recordAnswered)
    })
  })
)

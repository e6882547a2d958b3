import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { EventExplainer } from "./EventExplainer.ts"
import { recordAnswered } from "./recordAnswered.ts"

const answered = orUnavailable("events")

export const EventsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "events",
  Effect.fn(function*(handlers) {
    const explainer = yield* EventExplainer
    return handlers.handleAll({
      byRef: ({ params }) => explainer.detail(params.ref).pipe(dbQueryTimed("get_event"), answered, recordAnswered),
      explain: ({ params }) =>
        explainer.explain(params.ref).pipe(dbQueryTimed("explain_event"), answered, recordAnswered)
    })
  })
)

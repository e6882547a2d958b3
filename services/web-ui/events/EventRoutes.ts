import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { EventExplainer } from "./EventExplainer.ts"

const answered = orUnavailable("events")

/** The record does not answer. A row is asked for by its key, so nothing of the request can be at fault. */
const recordAnswered = <A, E, R>(effect: Effect.Effect<A, E | EventAuditFailed, R>) =>
  Effect.catchIf(
    effect,
    (error): error is EventAuditFailed => error instanceof EventAuditFailed,
    ({ _tag, detail }) => unavailable("events")({ _tag, detail })
  )

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

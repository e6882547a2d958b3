import { Effect, Option, Stream } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { BacktestEvent } from "../../../src/api/web-ui/Backtests.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { Backtester } from "./Backtester.ts"

const answered = orUnavailable("rules")
const needsEvents = ({ _tag, detail }: EventAuditFailed) => unavailable("events")({ _tag, detail })

export const BacktestsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "backtests",
  Effect.fn(function*(handlers) {
    const backtester = yield* Backtester
    return handlers.handleAll({
      run: Effect.fnUntraced(function*({ payload, request }) {
        const events = (yield* answered(backtester.run(payload))).pipe(
          Stream.catchTag("EventAuditFailed", (error) => Stream.fromEffect(needsEvents(error)))
        )
        if (!wantsJson(request.headers["accept"])) return events
        const last = yield* Stream.runLast(Stream.filter(events, isResult))
        return yield* Option.match(last, {
          onNone: () => Effect.die(new Error("A backtest ended without a result.")),
          onSome: ({ data }) => Effect.succeed(data)
        })
      })
    })
  })
)

/** JSON must be asked for by name: whoever takes anything gets the events. */
const wantsJson = (accept = ""): boolean =>
  /\bapplication\/json\b/i.test(accept) && !/\btext\/event-stream\b/i.test(accept)

const isResult = (event: BacktestEvent): event is Extract<BacktestEvent, { readonly event: "result" }> =>
  event.event === "result"

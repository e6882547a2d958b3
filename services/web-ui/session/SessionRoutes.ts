import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { unavailableAs } from "../../../layers/http/problem.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"

const notYet = () => Effect.fail(unavailableAs("logins", "unchanged"))

/** Answers who asks by key; logins follow. */
export const SessionHandlers = HttpApiBuilder.group(WebUiApi, "session", (handlers) =>
  handlers.handleAll({
    get: Effect.fnUntraced(function*() {
      const { name, role } = yield* CurrentCaller
      return {
        caller: name,
        role,
        person: null,
        via: "key" as const,
        idle_until: null,
        ends_at: null,
        step_up_until: null,
        server_time: DateTime.formatIso(yield* DateTime.now),
        plain_http: false
      }
    }),
    begin: notYet,
    end: () => Effect.void,
    stepUp: notYet,
    link: notYet
  }))

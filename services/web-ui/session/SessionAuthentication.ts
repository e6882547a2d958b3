import { Clock, Effect, Layer } from "effect"
import { Authentication, KeyRefused, type Sent } from "../../../layers/http/Authentication.ts"
import { presentedKey } from "../../../layers/http/keyRing.ts"
import { isChange, isUse } from "./cookieRules.ts"
import { callerOfLogin, isRenewable } from "./Login.ts"
import { Logins } from "./Logins.ts"

const hasKey = ({ headers }: Sent): boolean => presentedKey(headers) !== undefined

/**
 * Knows callers by their keys as every program does, and by the cookie of a login beside that. A request that shows a
 * key is judged by it alone.
 */
export const SessionAuthentication = Layer.effect(
  Authentication,
  Effect.gen(function*() {
    const keys = yield* Authentication
    const logins = yield* Logins

    const byCookie = Effect.fnUntraced(function*(request: Sent) {
      const login = yield* logins.of(request)
      // Counted, and logged, as a request without a key.
      if (login === undefined) return yield* keys.identify(request)
      if (typeof login === "string") {
        return yield* Effect.catchTag(
          keys.identify(request),
          "KeyRefused",
          () => Effect.fail(new KeyRefused({ detail: login }))
        )
      }
      const now = yield* Clock.currentTimeMillis
      if (isUse(request) && isRenewable(login, now)) yield* logins.keep({ ...login, used: now })
      return callerOfLogin(login, now, isChange(request))
    })

    const identify = (request: Sent) => hasKey(request) ? keys.identify(request) : byCookie(request)

    return Authentication.of({
      known: keys.known,
      identify,
      permit: keys.permit,
      uses: keys.uses,
      require: (request, needs) => Effect.tap(identify(request), (caller) => keys.permit(caller, needs)),
      untilGone: (request, caller) => hasKey(request) ? keys.untilGone(request, caller) : logins.untilOver(request)
    })
  })
)

import { Clock, Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { accessProblem } from "../../../layers/http/accessProblems.ts"
import { KeyRefused, TooManyFailures } from "../../../layers/http/Authentication.ts"
import { presentedKey } from "../../../layers/http/keyRing.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { LoginRefused } from "../../../src/api/web-ui/Session.ts"
import { isAskedHere, isUse } from "./cookieRules.ts"
import { endsAt, idleUntil, isRenewable, provedUntil } from "./Login.ts"
import { keyFingerprint, LoginKeys } from "./LoginKeys.ts"
import { linkLastsMs } from "./LoginLinks.ts"
import { Logins } from "./Logins.ts"
import { OidcProvider } from "./OidcProvider.ts"
import { SessionAuthentication } from "./SessionAuthentication.ts"
import { SessionKey } from "./SessionKey.ts"
import { SignIn } from "./SignIn.ts"

const timeOf = (millis: number): string => new Date(millis).toISOString()

/** Answers as `Authentication` does, with how long to wait. */
const orAccessProblem = <A, E, R>(effect: Effect.Effect<A, E | KeyRefused | TooManyFailures, R>) =>
  Effect.catchIf(
    effect,
    (error) => error instanceof KeyRefused || error instanceof TooManyFailures,
    (error) => Effect.succeed(accessProblem(error))
  )

export const SessionHandlers = HttpApiBuilder.group(
  WebUiApi,
  "session",
  Effect.fn(function*(handlers) {
    const logins = yield* Logins
    const signIn = yield* SignIn
    const provider = yield* OidcProvider

    return handlers.handleAll({
      get: Effect.fnUntraced(function*({ request }) {
        const { name, person, role } = yield* CurrentCaller
        const login = presentedKey(request.headers) === undefined ? yield* logins.of(request) : undefined
        const now = yield* Clock.currentTimeMillis
        const who = {
          caller: name,
          role,
          person: person ?? null,
          server_time: timeOf(now),
          plain_http: logins.rules.plainHttp
        }
        if (typeof login !== "object") {
          return { ...who, via: "key" as const, idle_until: null, ends_at: null, step_up_until: null }
        }
        // The answer to this question may have a cookie that lasts longer.
        const shown = isUse(request) && isRenewable(login, now) ? { ...login, used: now } : login
        const idle = idleUntil(shown)
        return {
          ...who,
          via: login.via,
          idle_until: idle === undefined ? null : timeOf(idle),
          ends_at: timeOf(endsAt(login)),
          step_up_until: role === "admin" ? timeOf(provedUntil(login)) : null
        }
      }),
      ways: () => Effect.succeed({ key: true, oidc: provider.isOn, plain_http: logins.rules.plainHttp }),
      begin: ({ payload, request }) => orAccessProblem(signIn.begin(payload, request)),
      end: ({ request }) => logins.forget(request),
      stepUp: Effect.fnUntraced(function*({ payload, request }) {
        const login = presentedKey(request.headers) === undefined ? yield* logins.of(request) : undefined
        if (typeof login !== "object" || login.via !== "key") {
          return yield* new LoginRefused({ reason: "no_login", detail: "Only a login by key shows its key again." })
        }
        return yield* orAccessProblem(signIn.stepUp(login, payload.key, request))
      }),
      link: Effect.fnUntraced(function*({ request }) {
        const caller = yield* CurrentCaller
        const key = presentedKey(request.headers)
        if (key === undefined) {
          return yield* new LoginRefused({
            reason: "key_only",
            detail: "Links are given for a key, and not by a login."
          })
        }
        if (!isAskedHere(request)) {
          return yield* new LoginRefused({
            reason: "not_local",
            detail: "Links are given on the machine of this program alone."
          })
        }
        const now = yield* Clock.currentTimeMillis
        const link = signIn.links.make({ caller, fingerprint: keyFingerprint(key) }, now)
        return { link, expires_at: timeOf(now + linkLastsMs) }
      })
    })
  })
)

/** The logins of this program, and an `Authentication` that knows them. Stands on one that knows keys. */
export const SessionLayer = SignIn.layer.pipe(
  Layer.provideMerge(SessionAuthentication),
  Layer.provideMerge(Logins.layer),
  Layer.provideMerge(LoginKeys.layer),
  Layer.provideMerge(Layer.merge(SessionKey.layer, OidcProvider.layer))
)

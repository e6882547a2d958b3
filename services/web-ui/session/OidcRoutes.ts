import { Clock, Data, Duration, Effect, Metric, Option, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import { canonicalPrefix } from "../../../src/api/web-ui/Api.ts"
import { Person } from "../../../src/api/web-ui/Session.ts"
import type { OidcRefusal } from "../../../src/domain/OidcRefusal.ts"
import { loginsTotal } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { cookieNamed, isAskedHere, isPrivateWay } from "./cookieRules.ts"
import { makeCookieSeal } from "./CookieSeal.ts"
import { Logins } from "./Logins.ts"
import { OidcFlow, OidcProvider, type OidcRefused, type OidcUnavailable } from "./OidcProvider.ts"
import { type Claims, parseOidcRoles, personOfClaims, roleOfClaims } from "./oidcRoles.ts"
import { SignIn } from "./SignIn.ts"

/** How long somebody may take at the provider. */
const flowMs = 600_000
const isPerson = Schema.is(Person)

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

/** No login came about. */
class NotLoggedIn extends Data.TaggedError("NotLoggedIn")<{
  readonly why: OidcRefusal
  /** For the log. */
  readonly detail: string
}> {}

type Failure = NotLoggedIn | OidcRefused | OidcUnavailable | Invalid

/** The fragment stays in the browser, and the console says it in words. */
const toConsole = (why: OidcRefusal): Response =>
  HttpServerResponse.redirect(`/console/#refused=${why}`, { status: 303 })

/** It is for a change that wants a fresh proof: `?fresh=1`. */
const isFresh = ({ url }: Request): boolean => /\?(?:.*&)?fresh=1(?:&|$)/.test(url)

/**
 * When somebody proved to the provider who it is, which may be long before it lets him in here. One that does not tell is
 * believed when it was asked to want a proof, and no more.
 */
const provedAt = ({ auth_time }: Claims, { fresh }: OidcFlow, now: number): number =>
  typeof auth_time === "number" ? Math.min(auth_time * 1_000, now) : fresh ? now : 0

/**
 * Sends people to the provider, and takes them back to the console, with a login or with why there is none. Pages of the
 * browser, and so no part of the declared API.
 */
export const OidcRoutes = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const provider = yield* OidcProvider
  if (!provider.isOn) return
  const { oidcRoleClaim, oidcRoles } = yield* WebUiSettings
  const { rules } = yield* Logins
  const signIn = yield* SignIn
  const { open, seal } = yield* makeCookieSeal("oidc", OidcFlow)
  const parsed = parseOidcRoles(oidcRoles ?? "")
  // What cannot be read has ended the start.
  const wanted = typeof parsed === "string" ? [] : parsed
  const name = `${rules.name}-oidc`

  const withFlow = (value: string, maxAgeMs: number) => (response: Response) =>
    HttpServerResponse.setCookieUnsafe(response, name, value, {
      httpOnly: true,
      secure: !rules.plainHttp,
      // It comes back from another site.
      sameSite: "lax",
      path: "/",
      maxAge: Duration.millis(maxAgeMs)
    })

  /** The browser's name for us, over TLS unless it is this machine, or that is all there is. */
  const redirectUri = (request: Request): string => {
    const scheme = rules.tls || !(rules.plainHttp || isAskedHere(request)) ? "https" : "http"
    return `${scheme}://${request.headers["host"] ?? ""}${canonicalPrefix}/session/oidc/callback`
  }

  const begin = Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!isPrivateWay(rules, request)) {
      return yield* new NotLoggedIn({ why: "plain_http", detail: "It came over plain HTTP from another machine." })
    }
    const until = (yield* Clock.currentTimeMillis) + flowMs
    const { address, flow } = yield* provider.begin({
      redirectUri: redirectUri(request),
      fresh: isFresh(request),
      until
    })
    return withFlow(yield* seal(flow), flowMs)(HttpServerResponse.redirect(address, { status: 303 }))
  })

  const callerOf = Effect.fnUntraced(function*(claims: Claims) {
    const role = roleOfClaims(claims, oidcRoleClaim, wanted)
    if (role === undefined) {
      return yield* new NotLoggedIn({ why: "no_role", detail: `Nothing in ${oidcRoleClaim} gives a role.` })
    }
    const person = personOfClaims(claims)
    if (!isPerson(person)) {
      return yield* new NotLoggedIn({ why: "no_name", detail: "Its name is none that can be kept." })
    }
    return { name: "oidc", role, person }
  })

  const callback = Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const flow = yield* open(cookieNamed(name, request.headers) ?? "")
    const now = yield* Clock.currentTimeMillis
    if (Option.isNone(flow) || now >= flow.value.until) {
      return yield* new NotLoggedIn({ why: "late", detail: "Its cookie is over, or was never set." })
    }
    const at = request.url.indexOf("?")
    const query = at < 0 ? "" : request.url.slice(at)
    const claims = yield* provider.finish(flow.value, query, { claim: oidcRoleClaim, wanted })
    yield* signIn.beginAs(yield* callerOf(claims), "oidc", provedAt(claims, flow.value, now))
    return withFlow("", 0)(HttpServerResponse.redirect("/console/", { status: 303 }))
  })

  const answered = <R>(effect: Effect.Effect<Response, Failure, R>) =>
    effect.pipe(
      Effect.catchTags({
        OidcRefused: ({ detail }) => Effect.fail(new NotLoggedIn({ why: "unproved", detail })),
        OidcUnavailable: ({ detail }) => Effect.fail(new NotLoggedIn({ why: "away", detail })),
        // What the provider calls somebody is too long.
        Invalid: ({ detail = "" }) => Effect.fail(new NotLoggedIn({ why: "no_name", detail }))
      }),
      Effect.catchTag("NotLoggedIn", ({ detail, why }) =>
        Effect.gen(function*() {
          yield* Metric.update(loginsTotal("refused"), 1)
          yield* Effect.annotateLogs(Effect.logWarning("A login at the provider was refused."), { why, detail })
          return toConsole(why)
        }))
    )

  yield* router.add("GET", "/api/v1/session/oidc", answered(begin))
  yield* router.add("GET", "/api/v1/session/oidc/callback", answered(callback))
}))

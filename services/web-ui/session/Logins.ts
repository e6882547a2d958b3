import { Clock, Context, Effect, Layer, Option, Stream } from "effect"
import { HttpEffect, type HttpServerResponse } from "effect/http"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { tlsFiles } from "../../../layers/environment/tlsSettings.ts"
import type { Sent } from "../../../layers/http/Authentication.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { cookieNamed, cookieProblem, type CookieRules, cookieRules, withCookie } from "./cookieRules.ts"
import { makeCookieSeal } from "./CookieSeal.ts"
import { aliveUntil, isOver, Login } from "./Login.ts"
import { LoginKeys } from "./LoginKeys.ts"

/** Logouts that a process remembers. */
const mostEnded = 10_000

/**
 * Reads and writes the logins of requests. A login is in its cookie and nowhere else, so it needs no server behind this
 * program and is known to every replica.
 */
export class Logins extends Context.Service<Logins, {
  readonly rules: CookieRules
  /** The login of a request, or in a sentence why its cookie gives none; `undefined`: it has no cookie. */
  readonly of: (request: Sent) => Effect.Effect<Login | string | undefined>
  /** Gives the answer the cookie of this login. */
  readonly keep: (login: Login) => Effect.Effect<void>
  /** Takes the cookie away by the answer. An answer that is under way in this process brings it back no more. */
  readonly forget: (request: Sent) => Effect.Effect<void>
  /** Ends when the login of this request has. */
  readonly untilOver: (request: Sent) => Effect.Effect<void>
}>()("mutt/services/web-ui/session/Logins") {
  static readonly layer = Layer.effect(
    Logins,
    Effect.gen(function*() {
      const { tls } = yield* Environment
      const { oidcIssuer, plainHttp } = yield* WebUiSettings
      const rules = cookieRules(tlsFiles(tls) !== undefined, plainHttp)
      const config = yield* DynamicConfig
      const keys = yield* LoginKeys
      const { open, seal } = yield* makeCookieSeal("login", Login)
      const ended = new Set<string>()
      if (rules.plainHttp) {
        yield* Effect.logWarning("Logins travel unencrypted: WEBUI_PLAIN_HTTP is on, and there is no TLS.")
      }

      const isGone = (login: Login, { peerAddress }: Sent, now: number): boolean =>
        isOver(login, now, Date.parse(config.snapshot().values.session_not_before)) || ended.has(login.id) ||
        (login.via === "oidc" ? oidcIssuer === undefined : !keys.letsIn(login, Option.getOrUndefined(peerAddress)))

      const of = Effect.fnUntraced(function*(request: Sent) {
        const cookie = cookieNamed(rules.name, request.headers)
        if (cookie === undefined) return undefined
        const problem = cookieProblem(rules, request)
        if (problem !== undefined) return problem
        const login = Option.getOrUndefined(yield* open(cookie))
        const now = yield* Clock.currentTimeMillis
        return login === undefined || isGone(login, request, now) ? "The login has ended." : login
      })

      const keep = (login: Login) =>
        beforeAnswer((response) =>
          ended.has(login.id) ? Effect.succeed(response) : Effect.gen(function*() {
            const now = yield* Clock.currentTimeMillis
            return withCookie(rules, yield* seal(login), aliveUntil(login) - now)(response)
          })
        )

      const forget = Effect.fnUntraced(function*(request: Sent) {
        const login = yield* of(request)
        if (typeof login === "object") {
          ended.add(login.id)
          const [oldest] = ended
          if (ended.size > mostEnded && oldest !== undefined) ended.delete(oldest)
        }
        yield* beforeAnswer((response) => Effect.succeed(withCookie(rules, "", 0)(response)))
      })

      const untilOver = Effect.fnUntraced(function*(request: Sent) {
        const login = yield* of(request)
        if (typeof login !== "object") return
        // What happens is noticed at once, what time does soon after.
        const looks = Stream.mergeAll([
          keys.changes,
          Stream.map(config.changes, () => undefined),
          Stream.tick("5 seconds")
        ], {
          concurrency: "unbounded"
        })
        yield* looks.pipe(
          Stream.mapEffect(() => Clock.currentTimeMillis),
          Stream.filter((now) => isGone(login, request, now)),
          Stream.runHead
        )
      })

      return Logins.of({ rules, of, keep, forget, untilOver })
    })
  )
}

type Response = HttpServerResponse.HttpServerResponse

const beforeAnswer = (change: (response: Response) => Effect.Effect<Response>) =>
  Effect.withFiber<void>((fiber) => {
    HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (_request, response) => change(response))
    return Effect.void
  })

import { Clock, Context, Effect, Layer, Metric, Option } from "effect"
import { Authentication, KeyRefused, type Sent, TooManyFailures } from "../../../layers/http/Authentication.ts"
import { randomUuid } from "../../../layers/random/secureRandom.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import { Invalid, RoleRefused } from "../../../src/api/shared/Problems.ts"
import { LoginRefused, type LoginRequest } from "../../../src/api/web-ui/Session.ts"
import { type Caller, permits } from "../../../src/domain/Role.ts"
import { FailureLimiter } from "../../../src/logic/FailureLimiter.ts"
import { peerNetwork } from "../../../src/logic/peerNetwork.ts"
import { loginsTotal } from "../metrics.ts"
import { isAskedHere, isOwnPage, isPrivateWay } from "./cookieRules.ts"
import type { Login } from "./Login.ts"
import { keyFingerprint, LoginKeys } from "./LoginKeys.ts"
import { LoginLinks } from "./LoginLinks.ts"
import { Logins } from "./Logins.ts"

/** Five wrong keys a minute: people paste keys, and don't guess them. */
const wrongKeys = { free: 5, forgivenMs: 12_000, longestMs: 60_000, peers: 10_000 }

/** Characters that the record has for who changed something. */
const longestActor = 100

/** A wrong key, or too many of them. */
type Wrong = KeyRefused | TooManyFailures

/** Begins logins. */
export class SignIn extends Context.Service<SignIn, {
  readonly begin: (
    asked: LoginRequest,
    request: Sent
  ) => Effect.Effect<void, Wrong | LoginRefused | RoleRefused | Invalid>
  /** Takes the key of a login again. */
  readonly stepUp: (login: Login, key: string, request: Sent) => Effect.Effect<void, Wrong>
  /** Begins a login without a key, of somebody who proved to another, at that time, who it is. */
  readonly beginAs: (caller: Caller, via: "oidc", proved: number) => Effect.Effect<void, Invalid>
  readonly links: LoginLinks
}>()("mutt/services/web-ui/session/SignIn") {
  static readonly layer = Layer.effect(
    SignIn,
    Effect.gen(function*() {
      const authentication = yield* Authentication
      const keys = yield* LoginKeys
      const logins = yield* Logins
      const links = new LoginLinks()
      const limiter = new FailureLimiter(wrongKeys)

      /** Counts against the sender's address. */
      const wrong = Effect.fnUntraced(function*({ peerAddress }: Sent, detail: string) {
        yield* Metric.update(loginsTotal("refused"), 1)
        const peer = peerNetwork(Option.getOrElse(peerAddress, () => "unknown"))
        const waitMs = limiter.failed(peer, yield* steadyMillis)
        return yield* waitMs === 0
          ? new KeyRefused({ detail })
          : new TooManyFailures({ retryAfterSeconds: Math.ceil(waitMs / 1_000) })
      })

      /** The caller of a key, from where it is shown. */
      const callerOf = (key: string, request: Sent) =>
        authentication.identify({ headers: { "x-api-key": key }, peerAddress: request.peerAddress }).pipe(
          Effect.catchTag("KeyRefused", () => wrong(request, "Nobody has this key here."))
        )

      const keep = Effect.fnUntraced(function*(
        { name, person, role }: Caller,
        how: Pick<Login, "via" | "fingerprint" | "wall">,
        by: "key" | "link" | "oidc",
        proved?: number
      ) {
        const problem = person !== undefined && [...`${name}/${person}`].length > longestActor
          ? invalid("person", `Makes more than ${longestActor} characters with the name of the key`)
          : how.wall && role !== "viewer"
          ? invalid("wall", "Only a viewer's key may be left on a wall")
          : undefined
        if (problem !== undefined) return yield* problem
        const now = yield* Clock.currentTimeMillis
        const times = { began: now, used: now, proved: proved ?? now }
        yield* logins.keep({ id: randomUuid(), caller: name, role, person: person ?? null, ...how, ...times })
        yield* Metric.update(loginsTotal(by), 1)
        yield* Effect.annotateLogs(Effect.logInfo("Somebody logged in."), {
          caller: name,
          role,
          by,
          ...(person === undefined ? {} : { person })
        })
      })

      const refused = (reason: LoginRefused["reason"], detail: string) =>
        Effect.andThen(Metric.update(loginsTotal("refused"), 1), Effect.fail(new LoginRefused({ reason, detail })))

      const begin = Effect.fnUntraced(function*(asked: LoginRequest, request: Sent) {
        if (isOwnPage(logins.rules, request) === false) {
          return yield* refused("other_page", "A login begins on a page of our own.")
        }
        if (!isPrivateWay(logins.rules, request)) {
          return yield* refused("plain_http", "A login needs TLS, or to be made on this machine itself.")
        }
        if (asked.link !== undefined) return yield* beginByLink(asked.link, request)
        const { key = "", person, wall = false } = asked
        const caller = yield* callerOf(key, request)
        if (!permits(caller.role, "viewer")) {
          return yield* new RoleRefused({ detail: `The key ${caller.name} sends events alone.` })
        }
        yield* keep({ ...caller, person }, { via: "key", fingerprint: keyFingerprint(key), wall }, "key")
      })

      const beginByLink = Effect.fnUntraced(function*(link: string, request: Sent) {
        if (!isAskedHere(request)) {
          return yield* refused("not_local", "A link logs in on the machine of this program alone.")
        }
        const holder = links.take(link, yield* Clock.currentTimeMillis)
        const address = Option.getOrUndefined(request.peerAddress)
        const letsIn = holder !== undefined &&
          keys.letsIn(
            { caller: holder.caller.name, role: holder.caller.role, fingerprint: holder.fingerprint },
            address
          )
        if (!letsIn) return yield* wrong(request, "The link is good once, for a minute, and is not good any more.")
        yield* keep(holder.caller, { via: "key", fingerprint: holder.fingerprint, wall: false }, "link")
      })

      const stepUp = Effect.fnUntraced(function*(login: Login, key: string, request: Sent) {
        const { name, role } = yield* callerOf(key, request)
        if (name !== login.caller || role !== login.role) {
          return yield* wrong(request, "The key is another one than that of the login.")
        }
        const now = yield* Clock.currentTimeMillis
        yield* logins.keep({ ...login, fingerprint: keyFingerprint(key), used: now, proved: now })
      })

      return SignIn.of({
        begin,
        stepUp,
        beginAs: (caller, via, proved) => keep(caller, { via, fingerprint: null, wall: false }, via, proved),
        links
      })
    })
  )
}

const invalid = (field: string, message: string) =>
  new Invalid({ detail: `${field}: ${message}`, errors: [{ field, message }] })

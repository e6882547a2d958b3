import { Clock, Effect, Latch, Metric, Random, Redacted, Schema, Semaphore } from "effect"
import type { VaultAuth } from "../environment/Environment.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { gaugeReads, readAtScrape } from "../telemetry/readAtScrape.ts"
import { steadyMillis, steadyMillisOf } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { makeLoginProof } from "./loginProof.ts"
import type { MakeSend } from "./request.ts"
import { VaultFailed } from "./Vault.ts"

const logins = Metric.counter("mutt_vault_logins_total", {
  description: "Logins at Vault that succeeded: one at the start, and one whenever the token could not be kept alive.",
  incremental: true
})

const tokenTtl = (login: string) =>
  Metric.gauge("mutt_vault_token_ttl_seconds", {
    description:
      "How long a token of Vault is still good, +Inf for one that does not end, by login: program, and rotator in the web-ui.",
    attributes: { login }
  })
const tokenLife = (login: string) =>
  Metric.gauge("mutt_vault_token_life_seconds", {
    description:
      "How long that token was good when it was got or renewed last. It is renewed when a third is left at the latest.",
    attributes: { login }
  })

const decodeAuth = Schema.decodeUnknownEffect(Schema.Struct({
  auth: Schema.Struct({
    client_token: Schema.String,
    lease_duration: Schema.Finite,
    renewable: Schema.Boolean,
    metadata: Schema.optionalKey(Schema.NullOr(Schema.Struct({ role_name: Schema.optionalKey(Schema.String) })))
  })
}))

/** Between renewals: timers of the runtime overflow at 25 days, and tokens may live for longer. */
const longestPauseMs = 3_600_000
const shortestPauseMs = 500

interface Session {
  readonly token: Redacted.Redacted
  readonly renewable: boolean
  readonly ttlMs: number
  /** When it ends; `Infinity` when it does not. */
  readonly endsAt: number
}

export type LoginOptions = VaultAuth & {
  /** Of the auth method; its name when absent. */
  readonly authMount?: string | undefined
  /** As metrics name it; `program` when absent. */
  readonly login?: "program" | "rotator" | undefined
}

/**
 * Keeps a token: logs in when one is first needed, renews it at two thirds of its life, and logs in anew when it cannot
 * be renewed.
 *
 * The driver's own renewal ends for ever at the first failure, and loops without a pause on tokens that live for long.
 */
export const makeLogin = (makeSend: MakeSend, options: LoginOptions) =>
  Effect.gen(function*() {
    const { login = "program" } = options
    const proof = yield* makeLoginProof(makeSend, options)
    const { send } = proof
    const gate = yield* Semaphore.make(1)
    let session: Session | undefined
    /** Opens with each token. */
    const got = yield* Latch.make()
    /** Its name, which Vault tells with a login. */
    let role = ""

    const clock = yield* Clock.Clock
    const showToken = readAtScrape(
      gaugeReads(tokenTtl(login), () => ((session?.endsAt ?? 0) - steadyMillisOf(clock)) / 1_000),
      gaugeReads(tokenLife(login), () => session === undefined || session.ttlMs <= 0 ? Infinity : session.ttlMs / 1_000)
    )

    const keep = (operation: "login" | "renew", answer: unknown) =>
      Effect.gen(function*() {
        const unreadable = () => new VaultFailed({ operation, reason: "unreadable", status: 200 })
        const { auth } = yield* Effect.mapError(decodeAuth(answer), unreadable)
        const ttlMs = auth.lease_duration * 1_000
        const endsAt = ttlMs <= 0 ? Infinity : (yield* steadyMillis) + ttlMs
        role = auth.metadata?.role_name ?? role
        if (session === undefined) yield* showToken
        session = { token: Redacted.make(auth.client_token), renewable: auth.renewable, ttlMs, endsAt }
        yield* got.open
        return session
      })

    const logIn = Effect.gen(function*() {
      const fresh = yield* Effect.flatMap(proof.logIn, (answer) => keep("login", answer))
      yield* Metric.update(logins, 1)
      return fresh
    })

    /** Logs in unless another caller has replaced `stale` already. */
    const sessionOtherThan = (stale: Session | undefined) =>
      gate.withPermit(
        Effect.suspend(() => session !== undefined && session !== stale ? Effect.succeed(session) : logIn)
      )
    const current = Effect.suspend(() => session === undefined ? sessionOtherThan(undefined) : Effect.succeed(session))

    /** Whether the token is still valid: a 403 may also mean that it lacks a right. */
    const isKnown = (token: string) =>
      send("lookup", { method: "GET", path: "auth/token/lookup-self", token }).pipe(
        Effect.as(true),
        Effect.catch((error) => error.reason === "refused" ? Effect.succeed(false) : Effect.fail(error))
      )

    /** Uses the token, and once more a new one if it was not valid any more. */
    const withToken = <A>(use: (token: string) => Effect.Effect<A, VaultFailed>): Effect.Effect<A, VaultFailed> =>
      Effect.gen(function*() {
        const held = yield* current
        const token = Redacted.value(held.token)
        return yield* use(token).pipe(Effect.catch((error) =>
          error.status !== 403
            ? Effect.fail(error)
            : Effect.flatMap(session === held ? isKnown(token) : Effect.succeed(false), (known) =>
              known
                ? Effect.fail(error)
                : Effect.flatMap(sessionOtherThan(held), (fresh) => use(Redacted.value(fresh.token))))
        ))
      })

    const secretIdLife = withToken((token) => proof.secretIdLife(role, token))

    /** Renews the token, or logs in when it will not live much longer with that. */
    const renew = Effect.fnUntraced(function*(held: Session) {
      if (!held.renewable || (yield* steadyMillis) >= held.endsAt) {
        return yield* sessionOtherThan(held)
      }
      return yield* proof.renewing()("renew", {
        method: "POST",
        path: "auth/token/renew-self",
        token: Redacted.value(held.token)
      }).pipe(
        Effect.flatMap((answer) => session === held ? keep("renew", answer) : Effect.succeed(held)),
        Effect.flatMap((renewed) =>
          renewed.ttlMs < held.ttlMs / 2 ? sessionOtherThan(renewed) : Effect.succeed(renewed)
        ),
        Effect.catch((error) => error.reason === "refused" ? sessionOtherThan(held) : Effect.fail(error))
      )
    })

    let failures = 0
    yield* Effect.gen(function*() {
      if (session === undefined) yield* got.await
      yield* got.close
      const held = session
      const pause = failures > 0
        ? Math.min(500 * 2 ** failures, 30_000)
        : Math.min(held === undefined || held.ttlMs <= 0 ? Infinity : held.ttlMs * 2 / 3, longestPauseMs)
      // Another token may have been got meanwhile, which ends sooner than this pause.
      const isOther = yield* Effect.raceFirst(
        Effect.as(Effect.sleep(Math.max(shortestPauseMs, pause * (0.8 + 0.2 * (yield* Random.next)))), false),
        Effect.as(got.await, true)
      )
      if (isOther) failures = 0
      if (isOther || held === undefined || session !== held || held.endsAt === Infinity) return
      failures += 1
      yield* renew(held)
      failures = 0
    }).pipe(
      droppedAt("vault.renew", "The token for Vault could not be renewed; trying again."),
      Effect.forever,
      supervised("vault.renew")
    )
    return { send, withToken, secretIdLife }
  })

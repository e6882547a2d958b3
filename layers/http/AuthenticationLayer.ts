import { Clock, Effect, Layer, Metric, Option, Stream, SubscriptionRef } from "effect"
import { type Caller, permits, type Role } from "../../src/domain/Role.ts"
import { FailureLimiter } from "../../src/logic/FailureLimiter.ts"
import { KeyUses } from "../../src/logic/KeyUses.ts"
import { LogSampler } from "../../src/logic/LogSampler.ts"
import { peerNetwork } from "../../src/logic/peerNetwork.ts"
import { defaultFailureLimits } from "../environment/authSettings.ts"
import { Environment } from "../environment/Environment.ts"
import { Secrets } from "../secret/Secrets.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import {
  Authentication,
  KeyRefused,
  type RequestHeaders,
  RoleRefused,
  type Sent,
  StepUpNeeded,
  TooManyFailures
} from "./Authentication.ts"
import { KeyRing, type Refusal } from "./keyRing.ts"
import { authFailuresTotal, authLimitedTotal } from "./metrics.ts"

const failuresFor = (reason: Refusal | "role") => Metric.withAttributes(authFailuresTotal, { reason })
const failures = { missing: failuresFor("missing"), unknown: failuresFor("unknown"), source: failuresFor("source") }
const roleFailures = failuresFor("role")

/** Peers, and callers, that are logged by name in one minute. */
const loggedNames = 100

/** Knows the keys of `Secrets` and follows their changes. */
export const AuthenticationLayer = Layer.effect(
  Authentication,
  Effect.gen(function*() {
    const secrets = yield* Secrets
    const { authFailures = defaultFailureLimits } = yield* Environment
    const ring = new KeyRing()
    const limiter = new FailureLimiter(authFailures)
    const uses = new KeyUses()
    const since = yield* Clock.currentTimeMillis
    const [refusedPeers, refusedCallers] = [new LogSampler(loggedNames), new LogSampler(loggedNames)]
    /** Grows when keys change. */
    const revision = yield* SubscriptionRef.make(0)

    const reload = Effect.gen(function*() {
      ring.replace(yield* secrets.apiKeys)
      yield* SubscriptionRef.update(revision, (n) => n + 1)
    })
    yield* reload
    yield* secrets.changes.pipe(Stream.runForEach(() => reload), supervised("http.keys"))
    yield* Effect.gen(function*() {
      yield* Effect.sleep("1 minute")
      for (const [peer, count] of refusedPeers.takeUnsaid()) yield* logRefused(peer, { count })
      for (const [caller, count] of refusedCallers.takeUnsaid()) yield* logRoleRefused(caller, { count })
    }).pipe(Effect.forever, supervised("http.keys.log"))

    const known = (headers: RequestHeaders, address: string | undefined): Caller | undefined => {
      const found = ring.find(headers, address)
      return typeof found === "string" ? undefined : found
    }

    const refuse = Effect.fnUntraced(function*(reason: Refusal, address: string | undefined) {
      yield* Metric.update(failures[reason], 1)
      const peer = peerNetwork(address ?? "unknown")
      // Who sends no key guesses none.
      const waitMs = reason === "missing" ? 0 : limiter.failed(peer, yield* steadyMillis)
      if (refusedPeers.isFirst(peer)) yield* logRefused(peer, { reason })
      if (waitMs === 0) return yield* new KeyRefused()
      yield* Metric.update(authLimitedTotal, 1)
      return yield* new TooManyFailures({ retryAfterSeconds: Math.ceil(waitMs / 1_000) })
    })

    const identify = ({ headers, peerAddress }: Sent) =>
      Effect.suspend(() => {
        const address = Option.getOrUndefined(peerAddress)
        const found = ring.find(headers, address)
        return typeof found === "string" ? refuse(found, address) : Effect.as(noted(found, address), found)
      })
    const noted = (caller: Caller, address: string | undefined) =>
      Effect.map(Clock.currentTimeMillis, (now) => uses.note(caller, address, now))

    const permit = (caller: Caller, needs: Role) =>
      Effect.gen(function*() {
        if (permits(caller.role, needs)) {
          return needs === "admin" && caller.mustShowKey === true ? yield* new StepUpNeeded() : undefined
        }
        yield* Metric.update(roleFailures, 1)
        if (refusedCallers.isFirst(caller.name)) yield* logRoleRefused(caller.name, { needs })
        return yield* new RoleRefused({ caller: caller.name, needs })
      })

    return Authentication.of({
      known,
      identify,
      permit,
      require: (request, needs) => Effect.tap(identify(request), (caller) => permit(caller, needs)),
      uses: { since, of: (caller) => Effect.map(Clock.currentTimeMillis, (now) => uses.of(caller, now)) },
      untilGone: ({ headers, peerAddress }, { name, role }) =>
        SubscriptionRef.changes(revision).pipe(
          Stream.filter(() => {
            const now = known(headers, Option.getOrUndefined(peerAddress))
            return now?.name !== name || now.role !== role
          }),
          Stream.runHead,
          Effect.asVoid
        )
    })
  })
)

const logRefused = (peer: string, more: Readonly<Record<string, string | number>>) =>
  Effect.annotateLogs(Effect.logWarning("Requests are refused for their key."), { peer, ...more })

const logRoleRefused = (caller: string, more: Readonly<Record<string, string | number>>) =>
  Effect.annotateLogs(Effect.logWarning("Requests are refused for the role of their key."), { caller, ...more })

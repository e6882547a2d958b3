import { Effect, Metric, Random, Redacted, Schedule, type Scope, Stream } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import { supervised } from "../telemetry/supervised.ts"
import { notWritten, sendOn } from "./commandSender.ts"
import { clientName, type RedisContext, secretName } from "./connect.ts"
import { asLoginFailure, isRefused, RedisUnreachable } from "./connection.ts"
import { defaultUser } from "./RedisAcl.ts"
import type { RedisClient } from "./RedisClient.ts"

const renewals = Metric.counter("mutt_redis_logins_renewed_total", {
  description: "Open connections to Redis that moved to another generation of the password, by its slot.",
  incremental: true
})

/** Waits for a random time, so that not all connections log in at the same moment. */
export const randomDelay = Effect.flatMap(Random.nextIntBetween(0, 300), (ms) => Effect.sleep(ms))

/**
 * Logs an open connection in again, each time the password changes.
 *
 * HELLO logs in and renames the connection in one step; when refused, it leaves both as they were. It waits behind the
 * commands under way, a blocked read too. Refused passwords are tried again with growing pauses, and at the next
 * change.
 */
export const reauthenticate = (
  client: RedisClient,
  { config, secrets }: Pick<RedisContext, "config" | "secrets">,
  /** A connection that waits learns which passwords were refused to others. */
  delayMs: number
): Effect.Effect<void, never, Scope.Scope> => {
  const { ready, state } = client

  const login = Effect.fnUntraced(function*({ fingerprint, slot, value }: CredentialVersion, generation: number) {
    const io = client.current()
    if (io === undefined) return yield* new RedisUnreachable({ detail: notWritten.detail })
    const user = config.redis.username ?? defaultUser
    const name = clientName(config, `g${generation}`)
    yield* Effect.mapError(
      sendOn(io, "HELLO", ["2", "AUTH", user, Redacted.value(value), "SETNAME", name]),
      asLoginFailure
    )
    // One that was opened meanwhile has logged in by itself.
    if (client.current() !== io) return
    Object.assign(state, { slot, fingerprint, detail: "", refused: false, generation })
    yield* Metric.update(Metric.withAttributes(renewals, { slot }), 1)
  })

  const loginAgain = Effect.gen(function*() {
    yield* ready.await
    const { generation } = yield* secrets.get(secretName)
    if (state.generation === generation) return
    yield* withCredentialFallback(secrets, secretName, (candidate) => login(candidate, generation), isRefused)
  }).pipe(
    Effect.tapError((error) => {
      const detail = error._tag === "RedisUnreachable" ? error.detail : error.message
      state.refused = error._tag === "BothCredentialsRefused"
      if (state.detail === detail) return Effect.void
      state.detail = detail
      return Effect.logWarning("A connection to Redis keeps its old login; trying on.").pipe(
        Effect.annotateLogs({ detail })
      )
    }),
    Effect.retry(again)
  )

  return secrets.changes.pipe(
    Stream.switchMap(() => Stream.fromEffect(randomDelay.pipe(Effect.delay(delayMs), Effect.andThen(loginAgain)))),
    Stream.runDrain,
    supervised("redis.renew")
  )
}

const again = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("5 seconds")]).pipe(Schedule.jittered)

import { Clock, Effect, Exit, Metric, Redacted, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import { steadyMillisOf } from "../telemetry/steadyTime.ts"
import {
  authenticationError,
  detailOf,
  isRefusal,
  openConnection,
  type PostgresConnection,
  type PostgresConnectionOptions
} from "./PostgresConnection.ts"

const passwordName = "DB_PASS"

/** How the newest attempt to connect ended. */
export interface ConnectionState {
  slot: "CURRENT" | "NEXT" | "none"
  fingerprint: string
  /** Empty when it went well. */
  detail: string
}

export interface Connect {
  readonly state: ConnectionState
  /** Of the password, now; 0 without one. */
  readonly generation: Effect.Effect<number>
  /** Opens a connection for the scope, CURRENT then NEXT. Only one is being opened at a time. */
  readonly open: Effect.Effect<PostgresConnection, SqlError, Scope.Scope>
}

/** A failure that answers for the attempts after it. */
interface Verdict {
  readonly at: number
  /** Milliseconds for which refused passwords are not tried again while the secret stays as it is. */
  readonly restMs: number
  readonly generation: number
  readonly error: SqlError
}

const connections = Metric.counter("mutt_postgres_connections_total", {
  description: "Connections to PostgreSQL opened, by the slot of the password they were opened with.",
  incremental: true
})

/**
 * Opens connections one at a time, so that a changed password costs one refused login and not one per connection,
 * and an outage one wait and not one per waiting statement.
 */
export const makeConnect = (options: PostgresConnectionOptions): Effect.Effect<Connect> =>
  Effect.gen(function*() {
    const { config, secrets } = options
    const clock = yield* Clock.Clock
    const now = () => steadyMillisOf(clock)
    const gate = yield* Semaphore.make(1)
    const state: ConnectionState = { slot: "none", fingerprint: "", detail: "not connected yet" }
    let verdict: Verdict | undefined

    const generationNow = Effect.match(secrets.get(passwordName), {
      onFailure: () => 0,
      onSuccess: ({ generation }) => generation
    })

    /** One try with one password. What a failed try opened is closed before the next begins. */
    const attempt = (outer: Scope.Scope, username: string, generation: number) => (candidate: CredentialVersion) =>
      Effect.gen(function*() {
        const scope = yield* Scope.fork(outer)
        const session = yield* openConnection(options, { username, password: candidate.value, generation }).pipe(
          Scope.provide(scope),
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        if (verdict !== undefined) yield* Effect.logInfo("PostgreSQL can be used again.")
        verdict = undefined
        Object.assign(state, { slot: candidate.slot, fingerprint: candidate.fingerprint, detail: "" })
        yield* Metric.update(Metric.withAttributes(connections, { slot: candidate.slot }), 1)
        return session
      })

    const classify = Effect.fnUntraced(function*(generation: number, error: SqlError) {
      const rest = verdict?.generation === generation ? verdict.restMs * 2 : 250
      verdict = { at: now(), restMs: isRefusal(error) ? Math.min(rest, 2_000) : 0, generation, error }
      const detail = detailOf(error)
      const news = detail !== state.detail
      Object.assign(state, { slot: "none", fingerprint: "", detail })
      if (news) yield* Effect.logWarning("PostgreSQL cannot be used; trying on.").pipe(Effect.annotateLogs({ detail }))
    })

    const openNow = (outer: Scope.Scope, asked: number) =>
      Effect.gen(function*() {
        const generation = yield* generationNow
        if (verdict !== undefined) {
          // Somebody before us in the queue has just found the server away, or a little earlier the passwords refused.
          const resting = verdict.generation === generation && now() < verdict.at + verdict.restMs
          if (verdict.at >= asked || resting) return yield* verdict.error
        }
        return yield* secrets.text("DB_USER").pipe(
          Effect.map(Redacted.value),
          Effect.flatMap((username) =>
            withCredentialFallback(secrets, passwordName, attempt(outer, username, generation), isRefusal)
          ),
          Effect.mapError((error) => error._tag === "SqlError" ? error : authenticationError(error.message)),
          Effect.tapError((error) => classify(generation, error))
        )
      }).pipe(Effect.annotateLogs({ server: `${config.postgres.host}:${config.postgres.port}` }))

    const open = Effect.flatMap(Effect.scope, (scope) => gate.withPermit(openNow(scope, now())))

    return { state, generation: generationNow, open }
  })

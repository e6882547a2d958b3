import { Clock, Effect, Metric, Redacted, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import { steadyMillisOf } from "../telemetry/steadyTime.ts"
import type { PostgresStatus } from "./Postgres.ts"
import {
  authenticationError,
  detailOf,
  isRefusal,
  type PostgresConnection,
  type PostgresConnectionOptions,
  serversText
} from "./PostgresConnection.ts"
import { makePrimarySearch } from "./primarySearch.ts"

const passwordName = "DB_PASS"

/** The newest attempt, while it is a failure. Attempts that waited for its end fail with it too. */
interface LastFailure {
  readonly at: number
  /** Milliseconds for which refused passwords are not tried again while the secret stays as it is. */
  readonly pauseMs: number
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
export const makeConnect = (options: PostgresConnectionOptions) =>
  Effect.gen(function*() {
    const { config, secrets } = options
    const clock = yield* Clock.Clock
    const now = () => steadyMillisOf(clock)
    const oneAtATime = yield* Semaphore.make(1)
    const primary = yield* makePrimarySearch(options)
    let status: PostgresStatus = { connected: false, slot: "none", fingerprint: "", detail: "not connected yet" }
    let last: LastFailure | undefined

    /** Of the password, now; 0 without one. */
    const generation = Effect.match(secrets.get(passwordName), {
      onFailure: () => 0,
      onSuccess: (secret) => secret.generation
    })

    /** Tries one password. */
    const attempt = (scope: Scope.Scope, username: string, generation: number) => (candidate: CredentialVersion) =>
      Effect.gen(function*() {
        const login = { username, password: candidate.value, generation }
        const connection = yield* Scope.provide(primary.open(login), scope)
        if (last !== undefined) yield* Effect.logInfo("PostgreSQL can be used again.")
        last = undefined
        status = { connected: true, slot: candidate.slot, fingerprint: candidate.fingerprint, detail: "" }
        yield* Metric.update(Metric.withAttributes(connections, { slot: candidate.slot }), 1)
        return connection
      })

    const noteFailure = Effect.fnUntraced(function*(generation: number, error: SqlError) {
      const pauseMs = last?.generation === generation ? last.pauseMs * 2 : 250
      last = { at: now(), pauseMs: isRefusal(error) ? Math.min(pauseMs, 2_000) : 0, generation, error }
      const detail = detailOf(error)
      const isNew = detail !== status.detail
      status = { connected: false, slot: "none", fingerprint: "", detail }
      if (isNew) yield* Effect.logWarning("PostgreSQL cannot be used; trying on.").pipe(Effect.annotateLogs({ detail }))
    })

    const openNow = (outer: Scope.Scope, asked: number) =>
      Effect.gen(function*() {
        const wanted = yield* generation
        if (last !== undefined) {
          // An attempt that this one waited for has failed, or the passwords were refused a little earlier.
          const isPausing = last.generation === wanted && now() < last.at + last.pauseMs
          if (last.at >= asked || isPausing) return yield* last.error
        }
        return yield* secrets.text("DB_USER").pipe(
          Effect.map(Redacted.value),
          Effect.flatMap((username) =>
            withCredentialFallback(secrets, passwordName, attempt(outer, username, wanted), isRefusal)
          ),
          Effect.mapError((error) => error._tag === "SqlError" ? error : authenticationError(error.message)),
          Effect.tapError((error) => noteFailure(wanted, error))
        )
      }).pipe(Effect.annotateLogs({ server: serversText(config.postgres) }))

    /** Opens a connection for the scope, CURRENT then NEXT. */
    const open: Effect.Effect<PostgresConnection, SqlError, Scope.Scope> = Effect.flatMap(
      Effect.scope,
      (scope) => oneAtATime.withPermit(openNow(scope, now()))
    )

    /** Looks whether another server took over from the one that is used, whose connections are outdated then. */
    const lookElsewhere = Effect.gen(function*() {
      const username = Redacted.value(yield* secrets.text("DB_USER"))
      const [candidate] = yield* secrets.candidates(passwordName)
      if (candidate === undefined) return
      yield* primary.lookElsewhere({ username, password: candidate.value, generation: yield* generation })
    }).pipe(
      // A standby that is none yet is what is expected, and whoever opens connections says what is wrong with passwords.
      Effect.catch((error) =>
        Effect.annotateLogs(Effect.logDebug("No other server took over."), { detail: error.message })
      )
    )

    return {
      status: () => status,
      generation,
      open,
      openWith: primary.open,
      lookElsewhere: primary.several ? lookElsewhere : undefined,
      isOutdated: primary.isOutdated
    }
  })

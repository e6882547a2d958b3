import { Clock, Effect, Exit, Metric, Pool, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Candidate } from "../../src/domain/Credential.ts"
import { withFallback } from "../secret/fallback.ts"
import {
  authenticationError,
  connectionError,
  detailOf,
  isRefusal,
  openSession,
  passwordName,
  type Session,
  type SessionOptions
} from "./session.ts"

/** How the newest attempt to connect ended. */
export interface LinkState {
  slot: "CURRENT" | "NEXT" | "none"
  fingerprint: string
  /** Empty when it went well. */
  detail: string
}

export interface PostgresPool {
  readonly state: LinkState
  /** A connection for this scope alone, within 15 seconds. */
  readonly lease: Effect.Effect<Session, SqlError, Scope.Scope>
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
 * Connections to PostgreSQL that know about rotation.
 *
 * Why not the driver's own pool: it asks for a password at each connection but cannot try a second one, so a refused password
 * fails the statement that needed the connection. Here the fallback from CURRENT to NEXT is part of opening a connection.
 * Connections are opened one at a time, so that a changed password costs one refused login and not one per connection, and
 * a connection that is replaced is closed before its successor opens, so that the server never sees more than `maxConnections`.
 */
export const makePool = (options: SessionOptions): Effect.Effect<PostgresPool, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { connectionTtlMs, maxConnections } = options.config.postgres
    const clock = yield* Clock.Clock
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const now = () => clock.currentTimeMillisUnsafe()
    const state: LinkState = { slot: "none", fingerprint: "", detail: "not connected yet" }
    const gate = yield* Semaphore.make(1)
    const used = new WeakSet<Session>()
    let verdict: Verdict | undefined

    const generation = Effect.match(options.secrets.get(passwordName), {
      onFailure: () => 0,
      onSuccess: (credential) => credential.generation
    })

    /** One try with one password. What a failed try opened is closed before the next begins. */
    const attempt = (outer: Scope.Scope) => (candidate: Candidate) =>
      Effect.gen(function*() {
        const scope = yield* Scope.fork(outer)
        const session = yield* openSession(options, candidate).pipe(
          Scope.provide(scope),
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        Object.assign(state, { slot: candidate.slot, fingerprint: candidate.fingerprint, detail: "" })
        yield* Metric.update(Metric.withAttributes(connections, { slot: candidate.slot }), 1)
        return session
      })

    const open = (outer: Scope.Scope, asked: number) =>
      Effect.gen(function*() {
        const current = yield* generation
        if (verdict !== undefined) {
          // Somebody before us in the queue has just found the server away, or a little earlier the passwords refused.
          const same = verdict.generation === current
          if (verdict.at >= asked || (same && now() < verdict.at + verdict.restMs)) return yield* verdict.error
        }
        return yield* withFallback(options.secrets, passwordName, attempt(outer), isRefusal).pipe(
          Effect.mapError((error) => error._tag === "SqlError" ? error : authenticationError(error.message)),
          Effect.tapError((error) =>
            Effect.sync(() => {
              const rest = verdict?.generation === current ? verdict.restMs * 2 : 250
              verdict = { at: now(), restMs: isRefusal(error) ? Math.min(rest, 2_000) : 0, generation: current, error }
              Object.assign(state, { slot: "none", fingerprint: "", detail: detailOf(error) })
            })
          )
        )
      })

    const pool: Pool.Pool<Session, SqlError> = yield* Pool.makeWithTTL({
      acquire: Effect.gen(function*() {
        const session = yield* gate.withPermit(open(yield* Effect.scope, now()))
        verdict = undefined
        session.socket.once("close", () => run(Pool.invalidate(pool, session)))
        return session
      }),
      min: 0,
      max: maxConnections,
      timeToLive: "1 minute",
      timeToLiveStrategy: "usage"
    })

    /** Every connection serves at least once, so that a short life is no endless loop. */
    const expired = (session: Session): boolean => {
      if (session.socket.destroyed) return true
      if (used.has(session)) return now() - session.openedAt >= connectionTtlMs
      used.add(session)
      return false
    }

    const lease = Effect.gen(function*() {
      const outer = yield* Effect.scope
      while (true) {
        const scope = yield* Scope.fork(outer)
        const session = yield* Pool.get(pool).pipe(Scope.provide(scope))
        if (!expired(session)) {
          yield* Scope.addFinalizer(
            scope,
            Effect.suspend(() => session.spoiled ? Pool.invalidate(pool, session) : Effect.void)
          )
          return session
        }
        yield* Pool.invalidate(pool, session)
        yield* Scope.close(scope, Exit.void)
      }
    }).pipe(
      Effect.timeoutOrElse({
        duration: "15 seconds",
        orElse: () => Effect.fail(connectionError("No connection became free in 15 seconds."))
      })
    )

    return { state, lease }
  })

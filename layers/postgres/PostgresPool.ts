import { Clock, Effect, Exit, Pool, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { type LinkState, makeOpening } from "./opening.ts"
import { connectionError, type Session, type SessionOptions } from "./session.ts"

export interface PostgresPool {
  readonly state: LinkState
  /** A connection for this scope alone, within 15 seconds. */
  readonly lease: Effect.Effect<Session, SqlError, Scope.Scope>
  /** Everything that is open, leased or not. */
  readonly sessions: ReadonlySet<Session>
}

/** A connection that waits to take the place of one that is closed. */
interface Spare {
  readonly session: Session
  readonly scope: Scope.Closeable
}

/** How long a connection past its time serves on after its successor could not be opened, before that is tried again. */
const patienceMs = 1_000

/**
 * Connections to PostgreSQL that know about rotation.
 *
 * Why not the driver's own pool: it asks for a password at each connection but cannot try a second one, so a refused password
 * fails the statement that needed the connection. Here the fallback from CURRENT to NEXT is part of opening a connection.
 *
 * A connection past its time is replaced when it is next asked for: first its successor is opened, then it is closed, one at a
 * time. So the server sees at most one more than `maxConnections`, and a connection that works is not given up for one that
 * cannot be had.
 */
export const makePool = (options: SessionOptions): Effect.Effect<PostgresPool, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { connectionTtlMs, maxConnections } = options.config.postgres
    const clock = yield* Clock.Clock
    const now = () => clock.currentTimeMillisUnsafe()
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const own = yield* Effect.scope
    const opening = yield* makeOpening(options)
    const replacing = yield* Semaphore.make(1)
    const used = new WeakSet<Session>()
    const sessions = new Set<Session>()
    let spare: Spare | undefined
    let patientUntil = 0

    const open = Effect.tap(opening.open, (session) =>
      Effect.sync(() => {
        sessions.add(session)
        session.socket.once("close", () => sessions.delete(session))
      }))

    const acquire = Effect.suspend(() => {
      const ready = spare
      spare = undefined
      if (ready === undefined) return open
      return Effect.as(Effect.addFinalizer((exit) => Scope.close(ready.scope, exit)), ready.session)
    })

    const pool: Pool.Pool<Session, SqlError> = yield* Pool.makeWithTTL({
      acquire: Effect.tap(acquire, (session) =>
        Effect.sync(() => {
          session.socket.once("close", () => run(Pool.invalidate(pool, session)))
        })),
      min: 0,
      max: maxConnections,
      timeToLive: "1 minute",
      timeToLiveStrategy: "usage"
    })

    const openSpare = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const scope = yield* Scope.fork(own)
        const session = yield* restore(Scope.provide(open, scope)).pipe(
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        spare = { session, scope }
      })
    )

    /** Closes a leased connection if another one can be had. */
    const replace = (session: Session, lease: Scope.Closeable): Effect.Effect<boolean> =>
      replacing.withPermit(Effect.gen(function*() {
        if (now() < patientUntil) return false
        if (spare === undefined) yield* openSpare
        yield* drop(session, lease)
        return true
      })).pipe(Effect.catch(() =>
        Effect.sync(() => {
          patientUntil = now() + patienceMs
          return false
        })
      ))

    const drop = (session: Session, lease: Scope.Closeable) =>
      Effect.andThen(Pool.invalidate(pool, session), Scope.close(lease, Exit.void))

    /** Every connection serves at least once, so that a short time to live is no endless loop. */
    const outlived = (session: Session): boolean => {
      if (used.has(session)) return now() - session.openedAt >= connectionTtlMs
      used.add(session)
      return false
    }

    const lease = Effect.gen(function*() {
      const outer = yield* Effect.scope
      while (true) {
        const scope = yield* Scope.fork(outer)
        const session = yield* Pool.get(pool).pipe(Scope.provide(scope))
        if (session.socket.destroyed) yield* drop(session, scope)
        else if (!outlived(session) || !(yield* replace(session, scope))) {
          yield* Scope.addFinalizer(
            scope,
            Effect.suspend(() => session.spoiled ? Pool.invalidate(pool, session) : Effect.void)
          )
          return session
        }
      }
    }).pipe(
      Effect.timeoutOrElse({
        duration: "15 seconds",
        orElse: () => Effect.fail(connectionError("No connection became free in 15 seconds."))
      })
    )

    return { state: opening.state, lease, sessions }
  })

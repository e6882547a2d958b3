import { Clock, Effect, Exit, Pool, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { steadyMillisOf } from "../telemetry/steadyTime.ts"
import { type ConnectionState, makeConnect } from "./connect.ts"
import { makeConnectionReplacer } from "./connectionReplacer.ts"
import {
  connectionError,
  type Login,
  openConnection,
  type PostgresConnection,
  type PostgresConnectionOptions
} from "./PostgresConnection.ts"

export interface PostgresPool {
  readonly state: ConnectionState
  /** A connection for this scope alone, within 15 seconds. */
  readonly lease: Effect.Effect<PostgresConnection, SqlError, Scope.Scope>
  /** Everything that is open, leased or not. */
  readonly sessions: ReadonlySet<PostgresConnection>
  /** Opens one more connection for a moment, when no other one is open beyond the pool's size. */
  readonly prove: (login: Login) => Effect.Effect<void, SqlError>
}

/**
 * Connections to PostgreSQL that know about rotation.
 *
 * Why not the driver's own pool: it asks for a password at each connection but cannot try a second one, so a refused password
 * fails the statement that needed the connection. Here the fallback from CURRENT to NEXT is part of opening a connection.
 *
 * A connection is past its time when it is old, or when the password has changed since it logged in. It is replaced when it comes
 * back, or while it is idle: first its successor is opened, then it is closed, one at a time. So the server sees at most one more
 * than `maxConnections`, nobody waits for a login, and a connection that works is not given up for one that cannot be had.
 */
export const makePool = (options: PostgresConnectionOptions): Effect.Effect<PostgresPool, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { connectionTtlMs, maxConnections } = options.config.postgres
    const clock = yield* Clock.Clock
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const connect = yield* makeConnect(options)
    const room = yield* Semaphore.make(maxConnections + 1)
    const sessions = new Set<PostgresConnection>()
    const leased = new Set<PostgresConnection>()
    const used = new WeakSet<PostgresConnection>()

    const open = room.takeScoped(1).pipe(
      Effect.andThen(connect.open),
      Effect.tap((session) =>
        Effect.sync(() => {
          sessions.add(session)
          session.socket.once("close", () => sessions.delete(session))
        })
      )
    )

    /** A connection ends by its age after it has served once, so that a short time to live is no endless loop. */
    const isPast = (session: PostgresConnection, generation: number): boolean =>
      session.generation < generation ||
      (used.has(session) && steadyMillisOf(clock) - session.openedAt >= connectionTtlMs)

    const replacer = yield* makeConnectionReplacer({
      open,
      generation: connect.generation,
      past: (generation) => [...sessions].filter((session) => isPast(session, generation)),
      isIdle: (session) => !leased.has(session),
      isFull: () => sessions.size > maxConnections,
      close: (session) => Pool.invalidate(pool, session)
    })

    const pool: Pool.Pool<PostgresConnection, SqlError> = yield* Pool.makeWithTTL({
      acquire: Effect.flatMap(replacer.take, (ready) => ready === undefined ? open : Effect.succeed(ready)).pipe(
        Effect.tap((session) =>
          Effect.sync(() => {
            session.socket.once("close", () => run(Pool.invalidate(pool, session)))
          })
        )
      ),
      min: 0,
      max: maxConnections,
      timeToLive: "1 minute",
      timeToLiveStrategy: "usage"
    })

    const drop = (session: PostgresConnection, lease: Scope.Closeable) =>
      Effect.andThen(Pool.invalidate(pool, session), Scope.close(lease, Exit.void))

    const lease = Effect.gen(function*() {
      const outer = yield* Effect.scope
      while (true) {
        const scope = yield* Scope.fork(outer)
        const session = yield* Pool.get(pool).pipe(Scope.provide(scope))
        if (session.socket.destroyed) yield* drop(session, scope)
        else if (isPast(session, yield* connect.generation) && (yield* replacer.promise)) yield* drop(session, scope)
        else {
          used.add(session)
          leased.add(session)
          yield* Scope.addFinalizer(
            scope,
            Effect.suspend(() => {
              leased.delete(session)
              return session.spoiled ? Pool.invalidate(pool, session) : Effect.void
            })
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

    const prove = (login: Login) =>
      replacer.meanwhile(
        Effect.asVoid(Effect.scoped(Effect.andThen(room.takeScoped(1), openConnection(options, login))))
      )

    return { state: connect.state, lease, sessions, prove }
  })

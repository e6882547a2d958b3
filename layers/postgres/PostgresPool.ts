import { Clock, Effect, Exit, Pool, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { steadyMillisOf } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { makeConnect } from "./connect.ts"
import { makeConnectionReplacer } from "./connectionReplacer.ts"
import { makeWaitTime, poolShown } from "./poolMetrics.ts"
import type { PostgresStatus } from "./Postgres.ts"
import {
  connectionError,
  type Login,
  type PostgresConnection,
  type PostgresConnectionOptions
} from "./PostgresConnection.ts"

/** How long statements may take until other servers are asked whether they took over. */
const patienceMs = 2_000
/** Longer than a statement may take: who has a connection for so long keeps it for another reason. */
const keptMs = 65_000

export interface PostgresPool {
  readonly status: () => PostgresStatus
  /** A connection for this scope alone, within 15 seconds. */
  readonly lease: Effect.Effect<PostgresConnection, SqlError, Scope.Scope>
  /** All that are open, leased or not. */
  readonly connections: ReadonlySet<PostgresConnection>
  /** Opens one more connection for a moment, when no other one is open beyond the pool's size. */
  readonly prove: (login: Login) => Effect.Effect<void, SqlError>
}

/**
 * A pool whose connections survive a change of the password.
 *
 * Why not the driver's own pool: it asks for a password at each connection but cannot try a second one, so a refused
 * password fails the statement that needed the connection. Here the fallback from CURRENT to NEXT is part of opening a
 * connection.
 *
 * A connection expires when it is old, or when the password has changed since it logged in. It is replaced when it
 * comes back, or while it is idle: first a spare is opened, then it is closed, one at a time. So the server sees at
 * most one more than `maxConnections`, nobody waits for a login, and a connection that works is not given up for one
 * that cannot be opened.
 */
export const makePool = (options: PostgresConnectionOptions): Effect.Effect<PostgresPool, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { connectionTtlMs, maxConnections } = options.config.postgres
    const clock = yield* Clock.Clock
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const connect = yield* makeConnect(options)
    const room = yield* Semaphore.make(maxConnections + 1)
    const connections = new Set<PostgresConnection>()
    /** Since when, by steadyMillis. */
    const leased = new Map<PostgresConnection, number>()
    const used = new WeakSet<PostgresConnection>()
    yield* poolShown({ most: maxConnections, open: connections, leased })
    const timed = yield* makeWaitTime

    /** What a server that was replaced still answers is not in the database any more. */
    const cutOutdated = () => {
      for (const connection of connections) if (connect.isOutdated(connection)) connection.socket.destroy()
    }

    const open = room.takeScoped(1).pipe(
      Effect.andThen(connect.open),
      Effect.tap((connection) =>
        Effect.sync(() => {
          connections.add(connection)
          connection.socket.once("close", () => connections.delete(connection))
          cutOutdated()
        })
      )
    )

    /** Age counts once a connection has served, so that a short time to live is no endless loop. */
    const isExpired = (connection: PostgresConnection, generation: number): boolean =>
      connection.generation < generation ||
      (used.has(connection) && steadyMillisOf(clock) - connection.openedAt >= connectionTtlMs)

    const replacer = yield* makeConnectionReplacer({
      open,
      generation: connect.generation,
      expired: (generation) => [...connections].filter((connection) => isExpired(connection, generation)),
      isIdle: (connection) => !leased.has(connection),
      isFull: () => connections.size > maxConnections,
      close: (connection) => Pool.invalidate(pool, connection)
    })

    const pool: Pool.Pool<PostgresConnection, SqlError> = yield* Pool.makeWithTTL({
      acquire: Effect.flatMap(
        replacer.takeSpare,
        (spare) => spare === undefined ? open : Effect.succeed(spare)
      ).pipe(
        Effect.tap((connection) =>
          Effect.sync(() => {
            connection.socket.once("close", () => run(Pool.invalidate(pool, connection)))
          })
        )
      ),
      min: 0,
      max: maxConnections,
      timeToLive: "1 minute",
      timeToLiveStrategy: "usage"
    })

    /** Closes a connection whose server takes no writes, and all others to that server, the idle ones at once. */
    const leave = (connection: PostgresConnection): Effect.Effect<void> => {
      const others = [...connections].filter(({ server }) => server === connection.server)
      for (const other of others) other.dirty = true
      return Effect.forEach(
        others.filter((other) => !leased.has(other)),
        (other) => Pool.invalidate(pool, other),
        { discard: true }
      )
    }

    const lease = Effect.gen(function*() {
      const outer = yield* Effect.scope
      while (true) {
        const scope = yield* Scope.fork(outer)
        const connection = yield* Pool.get(pool).pipe(Scope.provide(scope))
        if (
          connection.socket.destroyed ||
          isExpired(connection, yield* connect.generation) && (yield* replacer.reserveSpare)
        ) {
          yield* Pool.invalidate(pool, connection)
          yield* Scope.close(scope, Exit.void)
          continue
        }
        used.add(connection)
        leased.set(connection, steadyMillisOf(clock))
        yield* Scope.addFinalizer(
          scope,
          Effect.suspend(() => {
            leased.delete(connection)
            if (connection.demoted) return leave(connection)
            return connection.dirty ? Pool.invalidate(pool, connection) : Effect.void
          })
        )
        return connection
      }
    }).pipe(
      Effect.timeoutOrElse({
        duration: "15 seconds",
        orElse: () => Effect.fail(connectionError("No connection became free in 15 seconds."))
      }),
      timed
    )

    /** A statement that waits for long may wait for a server that is gone: another one may have taken over. */
    const isLong = () => {
      const now = steadyMillisOf(clock)
      return [...leased.values()].some((since) => now - since >= patienceMs && now - since < keptMs)
    }
    const { lookElsewhere } = connect
    if (lookElsewhere !== undefined) {
      yield* Effect.sleep(patienceMs / 2).pipe(
        Effect.andThen(
          Effect.suspend(() => isLong() ? Effect.andThen(lookElsewhere, Effect.sync(cutOutdated)) : Effect.void)
        ),
        Effect.forever,
        supervised("postgres.takeover")
      )
    }

    const prove = (login: Login) =>
      replacer.withoutOpening(
        Effect.asVoid(Effect.scoped(Effect.andThen(room.takeScoped(1), connect.openWith(login))))
      )

    return { status: connect.status, lease, connections, prove }
  })

import { PgConnection } from "@effect/sql-pg"
import { Clock, Effect, Exit, Metric, Pool, Redacted, Scope, Semaphore } from "effect"
import { AuthenticationError, ConnectionError, SqlError } from "effect/sql/SqlError"
import { connect as connectTcp, type Socket } from "node:net"
import type { Candidate } from "../../src/domain/Credential.ts"
import type { StaticConfig } from "../config/StaticConfig.ts"
import { withFallback } from "../secret/fallback.ts"
import type { Secrets } from "../secret/Secrets.ts"

export const passwordName = "DB_PASS"

/** How the newest attempt to connect ended. */
export interface LinkState {
  slot: "CURRENT" | "NEXT" | "none"
  fingerprint: string
  detail: string
  refused: boolean
}

/** A connection, and which credential opened it when. */
interface Session {
  readonly connection: PgConnection.PgConnection
  readonly socket: Socket
  readonly openedAt: number
  used: boolean
}

export interface PostgresPool {
  readonly state: LinkState
  /** A connection for this scope alone. One that was interrupted in the middle of a statement is not used again. */
  readonly lease: Effect.Effect<PgConnection.PgConnection, SqlError, Scope.Scope>
}

export interface PoolOptions {
  readonly config: StaticConfig["Service"]
  readonly secrets: Secrets["Service"]
  readonly ca: string | undefined
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
export const makePool = (options: PoolOptions): Effect.Effect<PostgresPool, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { postgres } = options.config
    const clock = yield* Clock.Clock
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const state: LinkState = { slot: "none", fingerprint: "", detail: "not connected yet", refused: false }
    const gate = yield* Semaphore.make(1)
    let lastFailure: { readonly at: number; readonly error: SqlError } | undefined

    const open = (candidate: Candidate): Effect.Effect<Session, SqlError, Scope.Scope> =>
      Effect.gen(function*() {
        const user = yield* text(options.secrets, "DB_USER")
        const { generation } = yield* Effect.orElseSucceed(options.secrets.get(passwordName), () => ({ generation: 0 }))
        let socket: Socket | undefined
        yield* Effect.addFinalizer(() => closed(socket))
        const connection = yield* PgConnection.make({
          host: postgres.host,
          port: postgres.port,
          database: postgres.database,
          username: user,
          password: candidate.value,
          applicationName: `${options.config.program}/${options.config.instance}/g${generation}`.slice(0, 63),
          ssl: postgres.tls
            ? { servername: postgres.host, ...(options.ca === undefined ? {} : { ca: options.ca }) }
            : false,
          connectTimeout: "3 seconds",
          stream: () => {
            const made = connectTcp({ host: postgres.host, port: postgres.port, noDelay: true })
            made.setKeepAlive(true, 10_000)
            socket ??= made
            return made
          }
        })
        return socket === undefined
          ? yield* connectionError("no socket")
          : { connection, socket, openedAt: clock.currentTimeMillisUnsafe(), used: false }
      })

    const acquire: Effect.Effect<Session, SqlError, Scope.Scope> = Effect.gen(function*() {
      const outer = yield* Effect.scope
      const asked = clock.currentTimeMillisUnsafe()
      return yield* gate.withPermit(Effect.suspend(() => {
        // Somebody before us in this queue has just found the server away: that is our answer too.
        if (lastFailure !== undefined && lastFailure.at >= asked) return Effect.fail(lastFailure.error)
        return openWithFallback(outer)
      }))
    })

    const openWithFallback = (outer: Scope.Scope) =>
      withFallback(
        options.secrets,
        passwordName,
        (candidate) =>
          // A scope for each try, so that what a refused try opened is closed before the next.
          Effect.gen(function*() {
            const scope = yield* Scope.fork(outer)
            const session = yield* Scope.provide(open(candidate), scope).pipe(
              Effect.tapCause((cause) => Scope.close(scope, Exit.failCause(cause)))
            )
            Object.assign(state, {
              slot: candidate.slot,
              fingerprint: candidate.fingerprint,
              detail: "",
              refused: false
            })
            yield* Metric.update(Metric.withAttributes(connections, { slot: candidate.slot }), 1)
            return session
          }),
        (error: SqlError) => error.reason._tag === "AuthenticationError"
      ).pipe(
        Effect.mapError((error) => error._tag === "SqlError" ? error : refusedError(error._tag)),
        Effect.tapError((error) =>
          Effect.sync(() => {
            lastFailure = { at: clock.currentTimeMillisUnsafe(), error }
            Object.assign(state, {
              slot: "none",
              fingerprint: "",
              detail: error.reason.message ?? error.reason._tag,
              refused: error.reason._tag === "AuthenticationError"
            })
          })
        ),
        Effect.tap((session) =>
          Effect.sync(() => {
            lastFailure = undefined
            session.socket.once("close", () => run(Pool.invalidate(pool, session)))
          })
        )
      )

    const pool: Pool.Pool<Session, SqlError> = yield* Pool.makeWithTTL({
      acquire,
      min: 0,
      max: postgres.maxConnections,
      timeToLive: "1 minute",
      timeToLiveStrategy: "usage"
    })

    const expired = (session: Session): boolean => {
      if (session.socket.destroyed) return true
      if (!session.used) {
        session.used = true
        return false
      }
      return clock.currentTimeMillisUnsafe() - session.openedAt >= postgres.connectionTtlMs
    }

    const lease = Effect.gen(function*() {
      const outer = yield* Effect.scope
      while (true) {
        const scope = yield* Scope.fork(outer)
        const session = yield* Scope.provide(Pool.get(pool), scope)
        if (expired(session)) {
          yield* Pool.invalidate(pool, session)
          yield* Scope.close(scope, Exit.void)
          continue
        }
        yield* Scope.addFinalizerExit(
          scope,
          (exit) => Exit.hasInterrupts(exit) ? Pool.invalidate(pool, session) : Effect.void
        )
        return session.connection
      }
    })

    return { state, lease }
  })

const text = (secrets: Secrets["Service"], name: string): Effect.Effect<string, SqlError> =>
  secrets.text(name).pipe(
    Effect.map(Redacted.value),
    Effect.mapError((error) => refusedError(`${error.name} is missing`))
  )

/** Waits until the server has seen the end of a connection, but not for long. */
const closed = (socket: Socket | undefined): Effect.Effect<void> =>
  socket === undefined || socket.destroyed
    ? Effect.void
    : Effect.callback<void>((resume) => {
      socket.once("close", () => resume(Effect.void))
    }).pipe(Effect.timeoutOrElse({ duration: "500 millis", orElse: () => Effect.sync(() => void socket.destroy()) }))

const connectionError = (message: string) =>
  new SqlError({ reason: new ConnectionError({ cause: new Error(message), message, operation: "connect" }) })

const refusedError = (message: string) =>
  new SqlError({ reason: new AuthenticationError({ cause: new Error(message), message, operation: "connect" }) })

import { Effect, identity, Latch, Schedule, type Scope } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { supervised } from "../telemetry/supervised.ts"
import { notWritten, sendOn, type Unsent } from "./commandSender.ts"
import { connect, type ConnectionState, type ConnectOptions, notYet } from "./connect.ts"
import { type RedisArgument, RedisFailed, type RedisStatus } from "./Redis.ts"

/** Wraps the wait for an answer, for example in a timeout; or sends in another way over the connection. */
export type Bound = (
  sent: Effect.Effect<unknown, RedisFailed | Unsent>,
  io: IoRedis
) => Effect.Effect<unknown, RedisFailed | Unsent>

/** Sends commands over one connection, or over one for each node of a cluster. */
export interface RedisSender {
  /** Sends a command once, as soon as there is a connection. */
  readonly send: (
    name: string,
    args: ReadonlyArray<RedisArgument>,
    bound?: Bound
  ) => Effect.Effect<unknown, RedisFailed>
  /** Closes the connections at once; new ones are opened. For those that may be dead or have an answer outstanding. */
  readonly cut: Effect.Effect<void>
  /** Waits until commands can be sent. */
  readonly connected: Effect.Effect<void>
  readonly status: () => RedisStatus
}

/** One connection that is opened anew whenever it closes. */
export interface RedisClient extends RedisSender {
  readonly state: ConnectionState
  /** The connection that is logged in now. */
  readonly current: () => IoRedis | undefined
  /** Open while there is a connection. */
  readonly ready: Latch.Latch
  /** Calls `listener` with the connection there is now, and with each one after it. */
  readonly onConnection: (listener: (io: IoRedis) => void) => void
  /** As `send`, but fails as `Unsent` when there is no connection within so many milliseconds. */
  readonly trySend: (
    name: string,
    args: ReadonlyArray<RedisArgument>,
    options: { readonly waitMs: number; readonly bound?: Bound | undefined; readonly asking?: boolean }
  ) => Effect.Effect<unknown, RedisFailed | Unsent>
}

export interface ClientOptions extends ConnectOptions {
  /** Milliseconds a command waits for a connection. */
  readonly waitMs: number
}

/** Commands wait for a connection here and not in ioredis, so none of them sees a login that is refused. */
export const makeClient = (options: ClientOptions): Effect.Effect<RedisClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const state = notYet()
    const ready = yield* Latch.make(false)
    const listeners: Array<(io: IoRedis) => void> = []
    let io: IoRedis | undefined

    const untilClosed = (opened: IoRedis) =>
      Effect.callback<void>((resume) => {
        if (opened.status !== "ready") return resume(Effect.void)
        opened.once("close", () => {
          ready.closeUnsafe()
          io = undefined
          resume(Effect.void)
        })
        io = opened
        ready.openUnsafe()
        for (const listener of listeners) listener(opened)
      })
    yield* connect(options, state).pipe(
      Effect.flatMap(untilClosed),
      Effect.scoped,
      Effect.repeat(Schedule.spaced("20 millis")),
      supervised("redis.connection")
    )

    const current = () => io?.status === "ready" ? io : undefined
    // The latch may be a step behind ioredis, and ioredis behind a socket that the server has closed.
    const isUsable = () => current()?.stream.writable === true
    const connected = ready.await.pipe(
      Effect.andThen(Effect.suspend(() => isUsable() ? Effect.void : Effect.sleep("10 millis"))),
      Effect.repeat({ until: isUsable })
    )

    const cut = Effect.sync(() => {
      ready.closeUnsafe()
      io?.stream.destroy()
    })

    const now = (name: string, args: ReadonlyArray<RedisArgument>, bound: Bound, asking = false) =>
      Effect.suspend(() => {
        if (io === undefined) return notWritten
        if (asking) io.call("ASKING").catch(() => undefined)
        return bound(sendOn(io, name, args), io)
      })

    const trySend: RedisClient["trySend"] = (name, args, { asking, bound = identity, waitMs }) => {
      const sent = now(name, args, bound, asking)
      return Effect.catchTag(sent, "Unsent", (error) =>
        error.answer === ""
          ? Effect.andThen(Effect.timeoutOrElse(connected, { duration: waitMs, orElse: () => notWritten }), sent)
          : Effect.fail(error))
    }

    const send: RedisClient["send"] = (name, args, bound) => {
      const sent = trySend(name, args, { waitMs: options.waitMs, bound })
      return Effect.catchTag(sent, "Unsent", (error) =>
        // The master became a replica, and there is another one.
        options.primary && error.answer.startsWith("READONLY") ? Effect.andThen(cut, sent) : Effect.fail(error)).pipe(
          Effect.catchTag("Unsent", ({ answer }) => unsent(name, state, answer))
        )
    }

    return {
      state,
      current,
      ready,
      onConnection: (listener) => {
        listeners.push(listener)
        const opened = current()
        if (opened !== undefined) listener(opened)
      },
      trySend,
      send,
      connected,
      status: () => ({
        connected: current() !== undefined,
        slot: state.slot,
        fingerprint: state.fingerprint,
        refused: state.refused,
        detail: state.detail
      }),
      cut
    }
  })

/** The failure of a command that no server has done in time. */
export const unsent = (
  operation: string,
  { detail, refused }: Pick<ConnectionState, "detail" | "refused">,
  answer: string
) =>
  answer === ""
    ? new RedisFailed({
      operation,
      reason: refused ? "refused" : "unavailable",
      detail: detail === "" ? notWritten.detail : detail,
      unsent: true
    })
    : new RedisFailed({ operation, reason: "reply", detail: answer })

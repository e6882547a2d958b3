import { Effect, type Fiber, identity, Latch, type Scope } from "effect"
import { AbstractConnector, type Redis as IoRedis } from "ioredis"
import type { Socket } from "node:net"
import { makeIo, notWritten, sendOn, type Unsent } from "./commandSender.ts"
import { connect, type ConnectionState, type ConnectOptions, notYet } from "./connect.ts"
import { type RedisArgument, RedisFailed, type RedisStatus } from "./Redis.ts"

/** Puts a limit, or whatever else, around the wait for an answer. */
export type Bound = (sent: Effect.Effect<unknown, RedisFailed | Unsent>) => Effect.Effect<unknown, RedisFailed | Unsent>

/** What commands are sent through: one connection, or one for each node of a cluster. */
export interface RedisSender {
  /** Sends a command, as soon as there is a connection: once, or not at all. */
  readonly send: (
    name: string,
    args: ReadonlyArray<RedisArgument>,
    bound?: Bound
  ) => Effect.Effect<unknown, RedisFailed>
  /** Ends what is open at once, and it is made anew. For what may be dead or out of step. */
  readonly cut: Effect.Effect<void>
  /** Waits until commands can be sent. */
  readonly connected: Effect.Effect<void>
  readonly status: () => RedisStatus
}

/** One connection that comes back for ever, with what the rest of this folder needs of it. */
export interface RedisClient extends RedisSender {
  readonly io: IoRedis
  readonly state: ConnectionState
  /** Open while there is a connection. */
  readonly ready: Latch.Latch
  /** As `send`, but `Unsent` when there is no connection within so many milliseconds. */
  readonly trySend: (
    name: string,
    args: ReadonlyArray<RedisArgument>,
    options: { readonly waitMs: number; readonly bound?: Bound | undefined; readonly asking?: boolean }
  ) => Effect.Effect<unknown, RedisFailed | Unsent>
  readonly socket: () => Socket | undefined
}

export interface ClientOptions extends ConnectOptions {
  /** How long a command waits for a connection. */
  readonly waitMs: number
  /** How long it then waits for the answer; `undefined`: the caller sees to it. */
  readonly answerMs: number | undefined
}

/**
 * A connector of our own logs in on the bare socket (CURRENT, then NEXT) and hands over a socket that works, so that a refused login
 * is never seen by the commands that wait, and the client never gives up.
 */
export const makeClient = (options: ClientOptions): Effect.Effect<RedisClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const state = notYet()
    const ready = yield* Latch.make(false)
    let socket: Socket | undefined

    class Connector extends AbstractConnector {
      private opening: Fiber.Fiber<Socket> | undefined

      constructor() {
        super(1_000)
      }

      override connect() {
        return new Promise<Socket>((resolve, reject) => {
          this.opening = run(connect(options, state))
          this.opening.addObserver((exit) => {
            if (exit._tag === "Failure") return reject(new Error("The client is closed."))
            socket = exit.value
            this.stream = socket
            resolve(socket)
          })
        })
      }

      override disconnect() {
        this.opening?.interruptUnsafe()
        super.disconnect()
      }
    }

    const io = yield* Effect.acquireRelease(
      Effect.sync(() =>
        makeIo(Connector, {
          retryStrategy: () => 20,
          ...(options.answerMs === undefined ? {} : { commandTimeout: options.answerMs })
        })
      ),
      (client) => Effect.sync(() => client.disconnect())
    )
    io.on("ready", () => ready.openUnsafe())
    io.on("close", () => ready.closeUnsafe())
    io.connect().catch(() => undefined)

    // The latch may be a step behind the client, and the client behind a socket that the server has closed.
    const usable = () => io.status === "ready" && socket?.writable === true
    const connected = ready.await.pipe(
      Effect.andThen(Effect.suspend(() => usable() ? Effect.void : Effect.sleep("10 millis"))),
      Effect.repeat({ until: usable })
    )

    const cut = Effect.sync(() => {
      ready.closeUnsafe()
      socket?.destroy()
    })

    const sending = (name: string, args: ReadonlyArray<RedisArgument>, bound: Bound, asking = false) =>
      bound(
        asking
          ? Effect.suspend(() => {
            io.call("ASKING").catch(() => undefined)
            return sendOn(io, name, args)
          })
          : sendOn(io, name, args)
      )

    const now = (sent: Effect.Effect<unknown, RedisFailed | Unsent>) =>
      Effect.suspend(() => io.status === "ready" ? sent : notWritten)

    const later = (sent: Effect.Effect<unknown, RedisFailed | Unsent>, waitMs: number) =>
      Effect.andThen(Effect.timeoutOrElse(connected, { duration: waitMs, orElse: () => notWritten }), sent)

    const trySend: RedisClient["trySend"] = (name, args, { asking, bound = identity, waitMs }) => {
      const sent = sending(name, args, bound, asking)
      return Effect.catchTag(
        now(sent),
        "Unsent",
        (error) => error.answer === "" ? later(sent, waitMs) : Effect.fail(error)
      )
    }

    const send: RedisClient["send"] = (name, args, bound = identity) => {
      const sent = sending(name, args, bound)
      return Effect.catchTag(now(sent), "Unsent", ({ answer }) => {
        // The master became a replica, and there is another one.
        const demoted = options.primary && answer.startsWith("READONLY")
        if (answer !== "" && !demoted) return unsent(name, state, answer)
        return (demoted ? Effect.andThen(cut, later(sent, options.waitMs)) : later(sent, options.waitMs)).pipe(
          Effect.catchTag("Unsent", (again) => unsent(name, state, again.answer))
        )
      })
    }

    return {
      io,
      state,
      ready,
      trySend,
      send,
      connected,
      status: () => ({
        connected: io.status === "ready",
        slot: state.slot,
        fingerprint: state.fingerprint,
        refused: state.refused,
        detail: state.detail
      }),
      socket: () => socket,
      cut
    }
  })

/** A command was not done by anybody in time, and why. */
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

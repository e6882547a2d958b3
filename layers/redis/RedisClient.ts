import { Effect, type Fiber, identity, Latch, Schedule, type Scope } from "effect"
import { AbstractConnector, type Redis as IoRedis } from "ioredis"
import type { Socket } from "node:net"
import { type LinkOptions, type LinkState, notYet, openLink } from "./link.ts"
import { type RedisArgument, RedisFailed } from "./Redis.ts"
import { makeIo, sendOn, Unsent } from "./wire.ts"

/** One connection that comes back for ever, with what the rest of this folder needs of it. */
export interface RedisClient {
  readonly io: IoRedis
  readonly state: LinkState
  /** Open while there is a connection. */
  readonly ready: Latch.Latch
  /** Sends a command, as soon as there is a connection: once, or not at all. `bound` is put around the wait for the answer. */
  readonly send: <E = never>(
    name: string,
    args: ReadonlyArray<RedisArgument>,
    bound?: (sent: Effect.Effect<unknown, RedisFailed | Unsent>) => Effect.Effect<unknown, RedisFailed | Unsent | E>
  ) => Effect.Effect<unknown, RedisFailed | E>
  readonly socket: () => Socket | undefined
  /** Ends the connection at once, and a new one is made. For one that may be dead or out of step. */
  readonly cut: Effect.Effect<void>
}

export interface ClientOptions extends LinkOptions {
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
          this.opening = run(openLink(options, state))
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

    const connected = ready.await.pipe(
      // The latch may be a step behind the client.
      Effect.andThen(Effect.suspend(() => io.status === "ready" ? Effect.void : new Unsent())),
      Effect.retry(Schedule.spaced("10 millis"))
    )

    const send: RedisClient["send"] = (name, args, bound = identity) => {
      const sent = bound(sendOn(io, name, args))
      return Effect.suspend(() => io.status === "ready" ? sent : new Unsent()).pipe(
        Effect.catchTag("Unsent", () => Effect.andThen(waited(name), sent)),
        Effect.catchTag(
          "Unsent",
          () => new RedisFailed({ operation: name, reason: "unavailable", detail: "the connection closed" })
        )
      )
    }

    const waited = (operation: string) =>
      Effect.timeoutOrElse(connected, {
        duration: options.waitMs,
        orElse: () =>
          new RedisFailed({ operation, reason: state.refused ? "refused" : "unavailable", detail: state.detail })
      })

    return { io, state, ready, send, socket: () => socket, cut: Effect.sync(() => void socket?.destroy()) }
  })

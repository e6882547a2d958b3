import { Effect, type Fiber, identity, Latch, Schedule, Schema, type Scope } from "effect"
import { AbstractConnector, Redis as IoRedis } from "ioredis"
import { Buffer } from "node:buffer"
import type { Socket } from "node:net"
import { type LinkOptions, type LinkState, notYet, openLink } from "./link.ts"
import { type RedisArgument, RedisFailed } from "./Redis.ts"

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
 * The only place that makes Redis clients.
 *
 * ioredis is not told the password: a connector of our own logs in on the bare socket (CURRENT, then NEXT) and hands over
 * a socket that works, so that a refused login is never seen by the commands that wait, and the client never gives up.
 * ioredis queues nothing and sends nothing twice either.
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
        new IoRedis({
          Connector,
          protocol: 2,
          lazyConnect: true,
          enableReadyCheck: false,
          disableClientInfo: true,
          enableOfflineQueue: false,
          autoResendUnfulfilledCommands: false,
          autoResubscribe: false,
          maxRetriesPerRequest: 0,
          retryStrategy: () => 20,
          ...(options.answerMs === undefined ? {} : { commandTimeout: options.answerMs })
        })
      ),
      (client) => Effect.sync(() => client.disconnect())
    )
    io.setMaxListeners(0)
    io.on("ready", () => ready.openUnsafe())
    io.on("close", () => ready.closeUnsafe())
    // The link and each command say what goes wrong; an error without a listener would end the process.
    io.on("error", () => undefined)
    io.connect().catch(() => undefined)

    const sendNow = (name: string, args: ReadonlyArray<RedisArgument>) =>
      Effect.callback<unknown, RedisFailed | Unsent>((resume) => {
        io.call(
          name,
          args.map(plain),
          (error, reply) =>
            resume(error === null || error === undefined ? Effect.succeed(reply) : Effect.fail(failure(name, error)))
        )
      })

    const connected = ready.await.pipe(
      // The latch may be a step behind the client.
      Effect.andThen(Effect.suspend(() => io.status === "ready" ? Effect.void : new Unsent())),
      Effect.retry(Schedule.spaced("10 millis"))
    )

    const send: RedisClient["send"] = (name, args, bound = identity) => {
      const sent = bound(sendNow(name, args))
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

    return { io, state, ready, send, cut: Effect.sync(() => void socket?.destroy()) }
  })

/** The command was not written to any connection. */
class Unsent extends Schema.TaggedError<Unsent>()("Unsent", {}) {}

const plain = (argument: RedisArgument): string | number | Buffer =>
  argument instanceof Uint8Array ? Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength) : argument

/** Our own words for what ioredis says. Its errors carry the command with its arguments, so none of them leaves this file. */
const failure = (operation: string, error: Error): RedisFailed | Unsent => {
  if (error.name === "ReplyError") {
    const detail = error.message.replace(/,? with args beginning with:.*$/s, "").slice(0, 300)
    return new RedisFailed({ operation, reason: "reply", detail })
  }
  if (error.message === "Command timed out") {
    return new RedisFailed({ operation, reason: "timeout", detail: "no answer in time" })
  }
  return error.message.startsWith("Stream isn't writeable")
    ? new Unsent()
    : new RedisFailed({ operation, reason: "unavailable", detail: "the connection broke" })
}

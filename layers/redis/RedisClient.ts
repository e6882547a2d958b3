import { Effect, Fiber, Latch, Metric, Random, Schedule, type Scope } from "effect"
import { AbstractConnector, Redis as IoRedis } from "ioredis"
import { Buffer } from "node:buffer"
import type { Socket } from "node:net"
import type { Candidate } from "../../src/domain/Credential.ts"
import type { StaticConfig } from "../config/StaticConfig.ts"
import { withFallback } from "../secret/fallback.ts"
import type { Secrets } from "../secret/Secrets.ts"
import { openSocket, type RedisRefused, type RedisUnreachable } from "./handshake.ts"
import { type RedisArgument, RedisFailed } from "./Redis.ts"

export const passwordName = "REDIS_PASS"

/** How the newest attempt to connect ended. */
export interface LinkState {
  slot: "CURRENT" | "NEXT" | "none"
  fingerprint: string
  detail: string
  refused: boolean
}

/** One connection that reconnects for ever, with what the rest of this folder needs of it. */
export interface RedisClient {
  readonly io: IoRedis
  readonly state: LinkState
  readonly ready: Latch.Latch
  /** Sends a command as soon as there is a connection, within `waitMs`. */
  readonly send: (
    name: string,
    args: ReadonlyArray<RedisArgument>,
    waitMs?: number
  ) => Effect.Effect<unknown, RedisFailed>
  /** Cuts the connection; a new one is made at once. For a connection that may be dead or out of step. */
  readonly cut: Effect.Effect<void>
}

export interface ClientOptions {
  readonly config: StaticConfig["Service"]
  readonly secrets: Secrets["Service"]
  readonly ca: string | undefined
  /** Milliseconds until an unanswered command fails. Also how long a command waits for a connection. */
  readonly commandTimeoutMs: number
  /** `false`: the caller keeps its own deadlines, for commands that block. */
  readonly deadlines: boolean
}

const connections = Metric.counter("mutt_redis_connections_total", {
  description: "Connections to Redis opened, by the slot of the password they were opened with.",
  incremental: true
})

/**
 * The only place that makes Redis clients.
 *
 * ioredis is not told the password: a connector of our own logs in on the bare socket (CURRENT, then NEXT) and hands over
 * a socket that works. A refused login is then never seen by the commands that wait, and the client never gives up.
 * Nothing is queued or sent twice by ioredis: a command is sent once, on a ready connection, or not at all.
 */
export const makeClient = (options: ClientOptions): Effect.Effect<RedisClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { config, secrets } = options
    const context = yield* Effect.context<never>()
    const state: LinkState = { slot: "none", fingerprint: "", detail: "not connected yet", refused: false }
    const ready = yield* Latch.make(false)
    let socket: Socket | undefined

    const login = Effect.fnUntraced(function*(candidate: Candidate) {
      const { generation } = yield* Effect.orElseSucceed(secrets.get(passwordName), () => ({ generation: 0 }))
      const opened = yield* openSocket({
        address: config.redis,
        ca: options.ca,
        password: candidate.value,
        clientName: `${config.program}:${config.instance}:g${generation}`.replaceAll(/[^!-~]/g, "_")
      })
      Object.assign(state, { slot: candidate.slot, fingerprint: candidate.fingerprint, detail: "", refused: false })
      yield* Metric.update(Metric.withAttributes(connections, { slot: candidate.slot }), 1)
      return opened
    })

    const open = withFallback(
      secrets,
      passwordName,
      login,
      (error: RedisRefused | RedisUnreachable) => error._tag === "RedisRefused"
    ).pipe(
      Effect.tapError((error) => {
        const detail = error._tag === "RedisUnreachable" ? error.detail : error._tag
        const first = state.detail !== detail
        Object.assign(state, {
          slot: "none",
          fingerprint: "",
          detail,
          refused: error._tag === "BothCredentialsRefused"
        })
        return first
          ? Effect.logWarning("Redis cannot be reached; trying on.").pipe(Effect.annotateLogs({ detail }))
          : Effect.void
      }),
      Effect.retry(
        Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(Schedule.jittered)
      ),
      Effect.tap(Effect.logInfo("Connected to Redis.")),
      Effect.annotateLogs({ server: `${config.redis.host}:${config.redis.port}` })
    )

    class Connector extends AbstractConnector {
      private attempt: Fiber.Fiber<Socket, unknown> | undefined

      override connect() {
        this.connecting = true
        return new Promise<Socket>((resolve, reject) => {
          const attempt = Effect.runForkWith(context)(open)
          this.attempt = attempt
          attempt.addObserver((exit) => {
            if (exit._tag === "Failure") return reject(new Error("closed"))
            socket = exit.value
            this.stream = exit.value
            resolve(exit.value)
          })
        })
      }

      override disconnect() {
        this.attempt?.interruptUnsafe()
        super.disconnect()
      }
    }

    const jitter = yield* Random.nextIntBetween(0, 50)
    const io = yield* Effect.acquireRelease(
      Effect.sync(() =>
        new IoRedis({
          Connector: class extends Connector {
            constructor() {
              super(1_000)
            }
          },
          protocol: 2,
          lazyConnect: true,
          enableReadyCheck: false,
          disableClientInfo: true,
          enableOfflineQueue: false,
          autoResendUnfulfilledCommands: false,
          autoResubscribe: false,
          maxRetriesPerRequest: 0,
          retryStrategy: () => 50 + jitter,
          ...(options.deadlines ? { commandTimeout: options.commandTimeoutMs } : {})
        })
      ),
      (client) => Effect.sync(() => client.disconnect())
    )
    io.on("ready", () => ready.openUnsafe())
    io.on("close", () => ready.closeUnsafe())
    io.on("end", () => ready.closeUnsafe())
    // What goes wrong is told by the connector and by each command; without a listener it would end the process.
    io.on("error", () => undefined)
    io.connect().catch(() => undefined)

    const sendNow = (name: string, args: ReadonlyArray<RedisArgument>) =>
      Effect.callback<unknown, RedisFailed | "unsent">((resume) => {
        io.call(
          name,
          args.map(plain),
          (error, reply) =>
            resume(error === null || error === undefined ? Effect.succeed(reply) : Effect.fail(failure(name, error)))
        )
      })

    const send = (
      name: string,
      args: ReadonlyArray<RedisArgument>,
      waitMs = options.commandTimeoutMs
    ): Effect.Effect<unknown, RedisFailed> =>
      Effect.suspend(() => io.status === "ready" ? sendNow(name, args) : Effect.fail("unsent" as const)).pipe(
        Effect.catch((error) => error === "unsent" ? waitAndSend(name, args, waitMs) : Effect.fail(error))
      )

    const waitAndSend = (name: string, args: ReadonlyArray<RedisArgument>, waitMs: number) =>
      ready.await.pipe(
        Effect.andThen(Effect.suspend(() => io.status === "ready" ? Effect.void : Effect.fail("unsent" as const))),
        Effect.retry(Schedule.spaced("20 millis")),
        Effect.timeoutOrElse({
          duration: waitMs,
          orElse: () =>
            new RedisFailed({
              operation: name,
              reason: state.refused ? "refused" : "unavailable",
              detail: state.detail
            })
        }),
        Effect.andThen(sendNow(name, args)),
        Effect.catch((error) =>
          error === "unsent"
            ? new RedisFailed({ operation: name, reason: "unavailable", detail: "the connection closed" })
            : Effect.fail(error)
        )
      )

    return { io, state, ready, send, cut: Effect.sync(() => void socket?.destroy()) }
  })

const plain = (argument: RedisArgument): string | number | Buffer =>
  argument instanceof Uint8Array ? Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength) : argument

/** Our own words for what ioredis says. Its errors carry the command with its arguments, so none of them leaves this file. */
const failure = (operation: string, error: Error): RedisFailed | "unsent" => {
  if (error.name === "ReplyError") {
    return new RedisFailed({ operation, reason: "reply", detail: withoutArguments(error.message) })
  }
  if (error.message === "Command timed out") {
    return new RedisFailed({ operation, reason: "timeout", detail: "no answer in time" })
  }
  if (error.message.startsWith("Stream isn't writeable")) return "unsent"
  return new RedisFailed({ operation, reason: "unavailable", detail: "the connection broke" })
}

const withoutArguments = (message: string): string =>
  message.replace(/,? with args beginning with:.*$/s, "").slice(0, 300)

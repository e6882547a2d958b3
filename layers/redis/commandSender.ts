import { Effect, Schema } from "effect"
import { AbstractConnector, Redis as IoRedis, type RedisOptions } from "ioredis"
import { Buffer } from "node:buffer"
import type { Socket } from "node:net"
import { keepTextsQuick } from "./quickTexts.ts"
import { type RedisArgument, RedisFailed } from "./Redis.ts"

keepTextsQuick()

/** Nothing of the command happened: it was not written to any connection, or the server answered that it belongs elsewhere. */
export class Unsent extends Schema.TaggedError<Unsent>()("Unsent", {
  /** What the server said; empty when it was not asked. */
  answer: Schema.String
}) {
  get detail() {
    return this.answer === "" ? "the connection closed" : this.answer
  }
}

export const notWritten = new Unsent({ answer: "" })

const elsewhere = /^(?:MOVED|ASK|TRYAGAIN|CLUSTERDOWN|READONLY) /

/**
 * The only place that makes clients of ioredis. None is told a password: `Connector` hands over sockets that are logged in.
 * ioredis queues nothing and sends nothing twice.
 */
export const makeIo = (
  Connector: NonNullable<RedisOptions["Connector"]>,
  options: Pick<RedisOptions, "retryStrategy" | "commandTimeout">
): IoRedis => {
  const io = new IoRedis({
    Connector,
    protocol: 2,
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    ...options
  })
  io.setMaxListeners(0)
  // The link and each command say what goes wrong; an error without a listener would end the process.
  io.on("error", () => undefined)
  return io
}

/** Writes a command to a connection that is open now, once, and waits for its answer. */
export const sendOn = (io: IoRedis, name: string, args: ReadonlyArray<RedisArgument>) =>
  Effect.callback<unknown, RedisFailed | Unsent>((resume) => {
    io.call(
      name,
      args.map(plain),
      (error, reply) =>
        resume(error === null || error === undefined ? Effect.succeed(reply) : Effect.fail(failure(name, error)))
    )
  })

/** Writes commands in one piece, so that the server has them at one time, and waits for all answers. */
export const sendTogether = (
  io: IoRedis,
  commands: ReadonlyArray<readonly [string, ...ReadonlyArray<RedisArgument>]>
): Effect.Effect<ReadonlyArray<unknown>, RedisFailed | Unsent> =>
  Effect.gen(function*() {
    const pipeline = io.pipeline()
    for (const [name, ...args] of commands) pipeline.call(name, ...args.map(plain))
    const results = yield* Effect.promise(() => pipeline.exec())
    return yield* Effect.forEach(commands, ([name], index) => {
      const [error, reply] = results?.[index] ?? [new Error("Connection is closed.")]
      return error === null ? Effect.succeed(reply) : Effect.fail(failure(name, error))
    })
  })

/** A client of one socket: when that closes, it is over. Closes with the scope. */
export const onceOver = (socket: Socket, answerMs: number) =>
  Effect.acquireRelease(
    Effect.callback<IoRedis>((resume) => {
      const io = makeIo(
        class extends AbstractConnector {
          constructor() {
            super(100)
          }
          override connect() {
            this.stream = socket
            return Promise.resolve(socket)
          }
        },
        { retryStrategy: null, commandTimeout: answerMs }
      )
      // When it cannot connect any more, the first command says so.
      const done = () => resume(Effect.succeed(io))
      io.connect().then(done, done)
    }),
    (io) => Effect.sync(() => io.disconnect())
  )

export const plain = (argument: RedisArgument): string | number | Buffer =>
  argument instanceof Uint8Array ? Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength) : argument

/** Our own words for what ioredis says. Its errors carry the command with its arguments, so none of them leaves this file. */
const failure = (operation: string, error: Error): RedisFailed | Unsent => {
  if (error.name === "ReplyError") {
    const detail = error.message.replace(/,? with args beginning with:.*$/s, "").slice(0, 300)
    return elsewhere.test(detail)
      ? new Unsent({ answer: detail })
      : new RedisFailed({ operation, reason: "reply", detail })
  }
  if (error.message === "Command timed out") {
    return new RedisFailed({ operation, reason: "timeout", detail: "no answer in time" })
  }
  return error.message.startsWith("Stream isn't writeable")
    ? notWritten
    : new RedisFailed({ operation, reason: "unavailable", detail: "the connection broke" })
}

import { Deferred, Effect, Schema } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { Buffer } from "node:buffer"
import { type RedisArgument, RedisFailed } from "./Redis.ts"

/**
 * Nothing of the command happened: it was not sent, or the server answered that another node or another time is right.
 */
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

/** Sends a command once, over a connection that is open now, and waits for its answer. */
export const sendOn = (io: IoRedis, name: string, args: ReadonlyArray<RedisArgument>) =>
  Effect.callback<unknown, RedisFailed | Unsent>((resume) => {
    if (io.status !== "ready") return resume(notWritten)
    io.call(
      name,
      args.map(plain),
      (error, reply) =>
        resume(error === null || error === undefined ? Effect.succeed(reply) : Effect.fail(failure(name, error)))
    )
  })

type Command = readonly [string, ...ReadonlyArray<RedisArgument>]
type Answer = Deferred.Deferred<unknown, RedisFailed | Unsent>

/** Gathers commands and writes them in one piece, so that the server has them at one time. */
export const onePiece = (io: IoRedis) => {
  const pipeline = io.pipeline()
  return {
    /** Its answer comes by itself, once the piece is written. */
    add: (...[name, ...args]: Command): Answer => {
      const answer: Answer = Deferred.makeUnsafe()
      pipeline.call(name, args.map(plain), (error, reply) =>
        Deferred.doneUnsafe(
          answer,
          error === null || error === undefined ? Effect.succeed(reply) : Effect.fail(failure(name, error))
        ))
      return answer
    },
    write: (): void => void pipeline.exec()
  }
}

/** Writes commands in one piece and waits for all answers. */
export const sendTogether = (
  io: IoRedis,
  commands: ReadonlyArray<Command>
): Effect.Effect<ReadonlyArray<unknown>, RedisFailed | Unsent> =>
  Effect.suspend(() => {
    const { add, write } = onePiece(io)
    const answers = commands.map((command) => add(...command))
    write()
    return Effect.forEach(answers, (answer) => Deferred.await(answer))
  })

export const plain = (argument: RedisArgument): string | number | Buffer =>
  argument instanceof Uint8Array ? Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength) : argument

/** Translates errors of ioredis. They hold the command with its arguments, so none of them leaves this file. */
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

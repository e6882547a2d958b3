import { Effect, Exit, Metric, Queue, Schedule, Scope, Stream } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { supervised } from "../telemetry/supervised.ts"
import { type RedisContext, secretName } from "./connect.ts"
import { spread } from "./reauthenticate.ts"
import type { RedisClient } from "./RedisClient.ts"

/** `subscribed` comes first, and again after each reconnect: what was said in between is lost, so state has to be read then. */
export type Signal = { readonly _tag: "subscribed" } | { readonly _tag: "message"; readonly text: string }

export interface Subscriber {
  /** Messages of one channel, for as long as the stream is read. A reader that cannot keep up loses the oldest. */
  readonly messages: (channel: string) => Stream.Stream<Signal>
}

interface Reader {
  readonly channel: string
  readonly offer: (signal: Signal) => void
}

interface Line {
  readonly client: RedisClient
  readonly scope: Scope.Closeable
}

const refused = Metric.counter("mutt_redis_subscribe_failed_total", {
  description: "Subscriptions Redis refused.",
  incremental: true
})

/**
 * One connection that listens for all readers of this process.
 *
 * A connection that listens may not log in anew, so when the password changes a second one is made, listens too, and only then the
 * first is closed, after everything it had heard has arrived. Meanwhile a message may come twice.
 */
export const makeSubscriber = (
  client: Effect.Effect<RedisClient, never, Scope.Scope>,
  secrets: RedisContext["secrets"]
): Effect.Effect<Subscriber, never, Scope.Scope> =>
  Effect.gen(function*() {
    const own = yield* Effect.scope
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const readers = new Set<Reader>()
    const lines = new Set<Line>()

    /** Channels that are refused at present: each is asked for again every second, since a user's rights may be mended. */
    const refusedNow = new Set<string>()
    const subscribe = (io: IoRedis, channel: string, isFor: (reader: Reader) => boolean) => {
      io.subscribe(channel).then(
        () => {
          refusedNow.delete(channel)
          for (const reader of readers) {
            if (reader.channel === channel && isFor(reader)) reader.offer({ _tag: "subscribed" })
          }
        },
        // A connection that broke is followed by another one.
        (error: Error) => error.name === "ReplyError" && run(refusal(io, channel, error.message))
      )
    }

    const refusal = Effect.fnUntraced(function*(io: IoRedis, channel: string, detail: string) {
      yield* Metric.update(refused, 1)
      if (!refusedNow.has(channel)) {
        refusedNow.add(channel)
        yield* Effect.logError("Redis refuses a subscription.").pipe(
          Effect.annotateLogs({ channel, detail: detail.slice(0, 200) })
        )
      }
      yield* Effect.sleep("1 second")
      const wanted = Array.from(readers).some((reader) => reader.channel === channel)
      if (io.status === "ready" && wanted) subscribe(io, channel, () => true)
    })

    const open = Effect.uninterruptible(Effect.gen(function*() {
      const scope = yield* Scope.fork(own)
      const made = yield* Scope.provide(client, scope)
      const line: Line = { client: made, scope }
      made.onConnection((io) => {
        io.on("message", (channel: string, text: string) => {
          for (const reader of readers) if (reader.channel === channel) reader.offer({ _tag: "message", text })
        })
        for (const channel of new Set(Array.from(readers, (reader) => reader.channel))) {
          subscribe(io, channel, () => true)
        }
      })
      lines.add(line)
      yield* Scope.addFinalizer(scope, Effect.sync(() => lines.delete(line)))
      return line
    }))

    /** All that was sent on the connection before has been answered: subscriptions are in force, messages are here. */
    const settled = ({ client }: Line) => client.trySend("PING", [], { waitMs: 1_000 })

    let line = yield* open
    const passOver = Effect.gen(function*() {
      const { ready, state } = line.client
      yield* ready.await
      const { generation } = yield* secrets.get(secretName)
      if (state.generation === generation) return
      yield* spread
      const before = line
      line = yield* open
      yield* Effect.retry(settled(line), Schedule.spaced("50 millis"))
      yield* Effect.ignore(Effect.timeout(settled(before), "1 second"))
      yield* Scope.close(before.scope, Exit.void)
    }).pipe(
      // A store that lost the password takes no connection away.
      Effect.catchTag("SecretMissing", () => Effect.void)
    )
    yield* secrets.changes.pipe(Stream.runForEach(() => passOver), supervised("redis.subscriber"))

    const messages: Subscriber["messages"] = (channel) =>
      Stream.callback<Signal>((queue) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            const reader: Reader = { channel, offer: (signal) => void Queue.offerUnsafe(queue, signal) }
            readers.add(reader)
            for (const { client } of lines) {
              const io = client.current()
              if (io !== undefined) subscribe(io, channel, (other) => other === reader)
            }
            return reader
          }),
          (reader) => Effect.sync(() => readers.delete(reader))
        ), { bufferSize: 1_024, strategy: "sliding" })

    return { messages }
  })

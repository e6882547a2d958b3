import { Effect, Exit, Metric, Queue, Schedule, Scope, Stream } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { supervised } from "../telemetry/supervised.ts"
import { type RedisContext, secretName } from "./connect.ts"
import { randomDelay } from "./reauthenticate.ts"
import type { RedisClient } from "./RedisClient.ts"

/** `subscribed` comes first, and again after each reconnect: messages before it may be lost, so read the state then. */
type Signal = { readonly _tag: "subscribed" } | { readonly _tag: "message"; readonly text: string }

interface Reader {
  readonly channel: string
  readonly offer: (signal: Signal) => void
}

interface Listening {
  readonly client: RedisClient
  readonly scope: Scope.Closeable
}

const refused = Metric.counter("mutt_redis_subscribe_failed_total", {
  description: "Subscriptions Redis refused.",
  incremental: true
})

/**
 * Listens on one connection for all readers of this process.
 *
 * A connection with subscriptions may not log in again. When the password changes, a second one subscribes to the same
 * channels, and the first is closed once what it received is here. Meanwhile a message may come twice.
 */
export const makeSubscriber = (
  client: Effect.Effect<RedisClient, never, Scope.Scope>,
  secrets: RedisContext["secrets"]
) =>
  Effect.gen(function*() {
    const own = yield* Effect.scope
    const run = Effect.runForkWith(yield* Effect.context<never>())
    const readers = new Set<Reader>()
    const open = new Set<Listening>()

    /** Channels that are refused now. Each is tried again every second, since a user's rights may be corrected. */
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

    const listen = Effect.uninterruptible(Effect.gen(function*() {
      const scope = yield* Scope.fork(own)
      const made = yield* Scope.provide(client, scope)
      const listening: Listening = { client: made, scope }
      made.onConnection((io) => {
        io.on("message", (channel: string, text: string) => {
          for (const reader of readers) if (reader.channel === channel) reader.offer({ _tag: "message", text })
        })
        for (const channel of new Set(Array.from(readers, (reader) => reader.channel))) {
          subscribe(io, channel, () => true)
        }
      })
      open.add(listening)
      yield* Scope.addFinalizer(scope, Effect.sync(() => open.delete(listening)))
      return listening
    }))

    /** Waits until everything sent before is answered: then subscriptions are in force, and messages are here. */
    const drained = ({ client }: Listening) => client.trySend("PING", [], { waitMs: 1_000 })

    let newest = yield* listen
    const replace = Effect.gen(function*() {
      const { ready, state } = newest.client
      yield* ready.await
      const { generation } = yield* secrets.get(secretName)
      if (state.generation === generation) return
      yield* randomDelay
      const before = newest
      newest = yield* listen
      yield* Effect.retry(drained(newest), Schedule.spaced("50 millis"))
      yield* Effect.ignore(Effect.timeout(drained(before), "1 second"))
      yield* Scope.close(before.scope, Exit.void)
    }).pipe(
      // Without a password in the store the connection stays.
      Effect.catchTag("SecretMissing", () => Effect.void)
    )
    yield* secrets.changes.pipe(Stream.runForEach(() => replace), supervised("redis.subscriber"))

    /** Messages of a channel, for as long as the stream is read. A reader that cannot keep up loses the oldest. */
    return (channel: string): Stream.Stream<Signal> =>
      Stream.callback<Signal>((queue) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            const reader: Reader = { channel, offer: (signal) => void Queue.offerUnsafe(queue, signal) }
            readers.add(reader)
            for (const { client } of open) {
              const io = client.current()
              if (io !== undefined) subscribe(io, channel, (other) => other === reader)
            }
            return reader
          }),
          (reader) => Effect.sync(() => readers.delete(reader))
        ), { bufferSize: 1_024, strategy: "sliding" })
  })

import { Effect, Metric, Queue, Stream } from "effect"
import type { Redis as IoRedis } from "ioredis"

/** `subscribed` comes first, and again after each reconnect: what was said in between is lost, so state has to be read then. */
export type Signal = { readonly _tag: "subscribed" } | { readonly _tag: "message"; readonly text: string }

const refused = Metric.counter("mutt_redis_subscribe_failed_total", {
  description: "Subscriptions Redis refused.",
  incremental: true
})

/** Messages of one channel, for as long as the stream is read. A reader that cannot keep up loses the oldest. */
export const messagesOf = (io: IoRedis, channel: string): Stream.Stream<Signal> =>
  Stream.callback<Signal>((queue) =>
    Effect.gen(function*() {
      const run = Effect.runForkWith(yield* Effect.context<never>())
      const onMessage = (from: string, text: string) => {
        if (from === channel) Queue.offerUnsafe(queue, { _tag: "message", text })
      }
      const onReady = () => {
        io.subscribe(channel).then(
          () => Queue.offerUnsafe(queue, { _tag: "subscribed" }),
          // A connection that broke is followed by another `ready`; anything else will not mend itself.
          (error: Error) => error.name === "ReplyError" && run(told(channel, error.message))
        )
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          io.on("message", onMessage)
          io.on("ready", onReady)
          if (io.status === "ready") onReady()
        }),
        () =>
          Effect.sync(() => {
            io.off("message", onMessage)
            io.off("ready", onReady)
          })
      )
    }), { bufferSize: 1_024, strategy: "sliding" })

const told = (channel: string, detail: string) =>
  Metric.update(refused, 1).pipe(
    Effect.andThen(Effect.logError("Redis refuses a subscription.")),
    Effect.annotateLogs({ channel, detail: detail.slice(0, 200) })
  )

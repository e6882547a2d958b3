import { Effect, Queue, Stream } from "effect"
import { droppedAt } from "../telemetry/dropped.ts"
import { supervised } from "../telemetry/supervised.ts"
import { Redis } from "./Redis.ts"

/** Says over a channel that something changed, and hears it. What cannot be said is found by who polls. */
export const makeAnnouncements = Effect.fnUntraced(function*(
  channel: string,
  { name, what }: { readonly name: string; readonly what: string }
) {
  const redis = yield* Redis
  const due = yield* Queue.sliding<void>(1)
  yield* Queue.take(due).pipe(
    Effect.andThen(redis.command("PUBLISH", channel, "changed")),
    droppedAt(name, `A change of ${what} could not be announced; it is found without.`),
    Effect.forever,
    supervised(name)
  )
  return {
    /** Returns before it is sent. */
    announce: Effect.asVoid(Queue.offer(due, undefined)),
    /** Emits once for one change or for several. */
    heard: redis.subscribe(channel).pipe(Stream.orDie, Stream.map(() => undefined))
  }
})

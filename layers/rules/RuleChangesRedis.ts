import { Effect, Layer, Queue, Stream } from "effect"
import { Redis } from "../redis/Redis.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { supervised } from "../telemetry/supervised.ts"
import { RuleChanges } from "./RuleChanges.ts"

const channel = "mutt:{config}:rules"

/** Announces changes of rules over a Redis channel. */
export const RuleChangesRedis = Layer.effect(
  RuleChanges,
  Effect.gen(function*() {
    const redis = yield* Redis
    const due = yield* Queue.sliding<void>(1)
    yield* Queue.take(due).pipe(
      Effect.andThen(redis.command("PUBLISH", channel, "changed")),
      droppedAt("rules.announce", "A change of rules could not be announced; it is found without."),
      Effect.forever,
      supervised("rules.announce")
    )
    return {
      announce: Effect.asVoid(Queue.offer(due, undefined)),
      heard: redis.subscribe(channel).pipe(Stream.orDie, Stream.map(() => undefined))
    }
  })
)

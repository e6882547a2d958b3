import { Effect, Layer } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { attemptsOf, quarantinedLetter } from "./letters.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { int, streamEntries, type StreamEntry, texts } from "./replies.ts"
import { discard, replayAlerts, replayEvents } from "./scripts/deadLetters.ts"
import type { QueueScript } from "./scripts/queueScript.ts"

/** Entries that one script moves. A call with more is several steps, each of them whole. */
const most = 1_000

const keyOf = { events: "dead", alerts: "alertsDead", quarantine: "quarantine" } as const
const replayOf = { events: replayEvents, alerts: replayAlerts } as const

export const DeadLettersRedis = (queueName: string) =>
  Layer.effect(
    DeadLetters,
    Effect.gen(function*() {
      const { keys, redis, run } = yield* redisQueue(queueName)

      const move = (script: QueueScript, entryIds: ReadonlyArray<string>, operation = "") =>
        Effect.map(
          Effect.forEach(
            pieces(entryIds.filter(isEntryId)),
            (ids, index) => run(script, [ids.length, ...ids, operation === "" ? "" : `${operation}:${index}`])
          ),
          (replies) => replies.flatMap(texts)
        )

      const list = (queue: DeadLetterQueue, limit: number, before?: string): Effect.Effect<
        ReadonlyArray<DeadLetter>,
        QueueUnavailable
      > =>
        before !== undefined && (!isEntryId(before) || isFirst(before))
          ? Effect.succeed([])
          : redis.command(
            "XREVRANGE",
            keys[keyOf[queue]],
            before === undefined ? "+" : `(${before}`,
            "-",
            "COUNT",
            limit
          )
            .pipe(
              Effect.mapBoth({
                onFailure: unavailable,
                onSuccess: (reply) => streamEntries(reply).map((entry) => letterOf(queue, entry))
              })
            )

      return DeadLetters.of({
        list,
        count: (queue) =>
          Effect.mapBoth(redis.command("XLEN", keys[keyOf[queue]]), { onFailure: unavailable, onSuccess: int }),
        replay: (queue, entryIds, operation) => move(replayOf[queue], entryIds, operation),
        discard: (queue, entryIds, operation) => move(discard[queue], entryIds, operation)
      })
    })
  )

/** What people and scripts send as an id may be anything; Redis refuses a whole command for one that it can't read. */
const isEntryId = (text: string): boolean => /^\d{1,15}-\d{1,15}$/.test(text)

/** Nothing is before it, and Redis refuses to look. */
const isFirst = (entryId: string): boolean => /^0+-0+$/.test(entryId)

const pieces = (entryIds: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from(
    { length: Math.ceil(entryIds.length / most) },
    (_, index) => entryIds.slice(index * most, (index + 1) * most)
  )

const letterOf = (queue: DeadLetterQueue, { fields, id }: StreamEntry): DeadLetter => {
  const field = (name: string) => fields.get(name) ?? ""
  const payload = field("e")
  const kept = { entryId: id, queue, at: new Date(Number.parseInt(id)).toISOString(), payload }
  if (queue !== "quarantine") {
    return { ...kept, reason: field("r"), detail: field("d"), attempts: attemptsOf(field("a")) }
  }
  return { ...kept, ...quarantinedLetter(payload) }
}

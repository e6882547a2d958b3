import { Effect, Layer } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { DeadLetters, type QueueRoom, type Reread, type RereadOutcome } from "./DeadLetters.ts"
import { attemptsOf, quarantinedLetter, whyLine, whyOf } from "./deadLetterTexts.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { hash, int, list as listOf, streamEntries, type StreamEntry, texts } from "./replies.ts"
import * as scripts from "./scripts.ts"
import { streamEntriesOf } from "./streamEntry.ts"

/** Entries that one script moves. A call with more is several steps, each of them whole. */
const most = 1_000

const keyOf = { events: "dead", alerts: "alertsDead", quarantine: "quarantine" } as const
const replayOf = { events: scripts.replayEvents, alerts: scripts.replayAlerts } as const

export const DeadLettersRedis = (queueName: string) =>
  Layer.effect(
    DeadLetters,
    Effect.gen(function*() {
      const { keys, redis, run } = yield* redisQueue(queueName)

      const move = (
        callFor: (operation: string, ids: number) => ReturnType<typeof scripts.replayEvents.call>,
        entryIds: ReadonlyArray<string>,
        operation = ""
      ) =>
        Effect.map(
          Effect.forEach(
            chunksOf(entryIds.filter(isEntryId)),
            (ids, index) => run(withIds(callFor(operation === "" ? "" : `${operation}:${index}`, ids.length), ids))
          ),
          (replies) => replies.flatMap(texts)
        )

      /** Of quarantined entries why they could not be read again, where that was tried. */
      const rereadsOf = (entries: ReadonlyArray<StreamEntry>) =>
        Effect.mapBoth(redis.command("HMGET", keys.quarantineRereads, ...entries.map(({ id }) => id)), {
          onFailure: unavailable,
          onSuccess: listOf
        })

      const list = Effect.fnUntraced(function*(queue: DeadLetterQueue, limit: number, before?: string) {
        if (before !== undefined && (!isEntryId(before) || isFirst(before))) return []
        const newest = before === undefined ? "+" : `(${before}`
        const entries = yield* Effect.mapBoth(
          redis.command("XREVRANGE", keys[keyOf[queue]], newest, "-", "COUNT", limit),
          { onFailure: unavailable, onSuccess: streamEntries }
        )
        const rereads = queue === "quarantine" && entries.length > 0 ? yield* rereadsOf(entries) : []
        return entries.map((entry, index) => letterOf(queue, entry, rereads[index]))
      })

      const requeue = (
        records: ReadonlyArray<Reread>,
        { capacity, capacityBytes }: QueueRoom
      ): Effect.Effect<ReadonlyArray<RereadOutcome>, QueueUnavailable> =>
        Effect.map(
          run(requeueCall(records, { capacity, capacityBytes })),
          (reply) => texts(reply).map((text) => outcomes.find((outcome) => outcome === text) ?? "missing")
        )

      return DeadLetters.of({
        list,
        count: (queue) =>
          Effect.mapBoth(redis.command("XLEN", keys[keyOf[queue]]), { onFailure: unavailable, onSuccess: int }),
        replay: (queue, entryIds, operation) =>
          move((operation, ids) => replayOf[queue].call({ operation, ids }), entryIds, operation),
        quarantined: (entryIds) => {
          const ids = entryIds.filter(isEntryId)
          return Effect.map(
            run(withIds(scripts.readQuarantined.call({ ids: ids.length }), ids)),
            (reply) => [...hash(reply)].map(([entryId, text]) => ({ entryId, text }))
          )
        },
        requeue,
        discard: (queue, entryIds, operation) =>
          move((operation, ids) => scripts.discard.call({ queue, operation, ids }), entryIds, operation)
      })
    })
  )

const outcomes: ReadonlyArray<RereadOutcome> = ["replayed", "kept", "full"]

const withIds = (call: ReturnType<typeof scripts.readQuarantined.call>, ids: ReadonlyArray<string>) => {
  for (const id of ids) call.add("id", { id })
  return call
}

const requeueCall = (records: ReadonlyArray<Reread>, room: QueueRoom) => {
  const call = scripts.requeue.call({ ...room, records: records.length })
  for (const record of records) {
    const entries = "events" in record ? streamEntriesOf(record.events) : []
    const reason = "events" in record ? "" : whyLine(record)
    call.add("record", { id: record.entryId, entries: entries.length, reason })
    for (const entry of entries) call.add("entry", entry)
  }
  return call
}

/** What people and scripts send as an id may be anything; Redis refuses a whole command for one that it can't read. */
const isEntryId = (text: string): boolean => /^\d{1,15}-\d{1,15}$/.test(text)

/** Nothing is before it, and Redis refuses to look. */
const isFirst = (entryId: string): boolean => /^0+-0+$/.test(entryId)

const chunksOf = (entryIds: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from(
    { length: Math.ceil(entryIds.length / most) },
    (_, index) => entryIds.slice(index * most, (index + 1) * most)
  )

const letterOf = (queue: DeadLetterQueue, { fields, id }: StreamEntry, reread: unknown): DeadLetter => {
  const field = (name: string) => fields.get(name) ?? ""
  const payload = field("e")
  const kept = { entryId: id, queue, at: new Date(Number.parseInt(id)).toISOString(), payload }
  if (queue !== "quarantine") {
    return { ...kept, reason: field("r"), detail: field("d"), attempts: attemptsOf(field("a")) }
  }
  return { ...kept, ...quarantinedLetter(payload, typeof reread === "string" ? whyOf(reread) : undefined) }
}

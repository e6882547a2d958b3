import { Effect, Layer, Schema } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { DeadLetters, type Reread, type RereadOutcome } from "./DeadLetters.ts"
import { attemptsOf, decodeReason, encodeReason, quarantinedDeadLetter } from "./deadLetterTexts.ts"
import type { QueueRoom } from "./EventQueue.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { hash, int, list as listOf, type RawEntry, streamEntries, text as textOf, texts } from "./replies.ts"
import * as scripts from "./scripts.ts"
import { streamEntriesOf } from "./streamEntry.ts"

/** One script moves at most so many letters. A call with more is several steps, each of them atomic. */
const most = 1_000

const keyOf = { events: "dead", alerts: "alertsDead", quarantine: "quarantine" } as const
const replayOf = { events: scripts.replayEvents, alerts: scripts.replayAlerts } as const

export const DeadLettersRedis = (queueName: string) =>
  Layer.effect(
    DeadLetters,
    Effect.gen(function*() {
      const { keys, redis, run, runDurably } = yield* redisQueue(queueName)

      const move = (
        callFor: (operation: string, ids: number) => ReturnType<typeof scripts.replayEvents.call>,
        entryIds: ReadonlyArray<string>,
        operation = ""
      ) =>
        Effect.map(
          Effect.forEach(
            chunksOf(entryIds.filter(isEntryId)),
            (ids, index) =>
              runDurably(withIds(callFor(operation === "" ? "" : `${operation}:${index}`, ids.length), ids))
          ),
          (replies) => replies.flatMap(texts)
        )

      /** Reads why decoding quarantined entries again failed, where it was tried. */
      const rereadsOf = (entries: ReadonlyArray<RawEntry>) =>
        Effect.mapBoth(redis.command("HMGET", keys.quarantineRereads, ...entries.map(({ id }) => id)), {
          onFailure: unavailable,
          onSuccess: listOf
        })

      const read = Effect.fnUntraced(
        function*(queue: DeadLetterQueue, command: "XRANGE" | "XREVRANGE", from: string, to: string, limit: number) {
          const entries = yield* Effect.mapBoth(redis.command(command, keys[keyOf[queue]], from, to, "COUNT", limit), {
            onFailure: unavailable,
            onSuccess: streamEntries
          })
          const rereads = queue === "quarantine" && entries.length > 0 ? yield* rereadsOf(entries) : []
          return entries.map((entry, index) => deadLetterOf(queue, entry, rereads[index]))
        }
      )

      const list = (queue: DeadLetterQueue, limit: number, before?: string) =>
        before !== undefined && (!isEntryId(before) || isFirst(before))
          ? Effect.succeed([])
          : read(queue, "XREVRANGE", before === undefined ? "+" : `(${before}`, "-", limit)

      const begin = (operation: string, plan: ReadonlyArray<string>) => {
        const call = scripts.beginMove.call({ operation, parts: plan.length })
        for (const text of plan) call.add("part", { text })
        return Effect.map(runDurably(call), texts)
      }

      const begun = (operation: string) =>
        Effect.mapBoth(redis.command("HGET", keys.moves, operation), {
          onFailure: unavailable,
          onSuccess: (reply) => reply === null ? undefined : decodePlan(textOf(reply))
        })

      const requeue = (
        records: ReadonlyArray<Reread>,
        { capacity, capacityBytes }: QueueRoom
      ): Effect.Effect<ReadonlyArray<RereadOutcome>, QueueUnavailable> =>
        Effect.map(
          runDurably(requeueCall(records, { capacity, capacityBytes })),
          (reply) => texts(reply).map((text) => outcomes.find((outcome) => outcome === text) ?? "missing")
        )

      return DeadLetters.of({
        list,
        scan: (queue, limit, { after, upTo }) =>
          read(queue, "XRANGE", after === undefined ? "-" : `(${after}`, upTo ?? "+", limit),
        begin,
        begun,
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

const decodePlan = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(Schema.String)))

const outcomes: ReadonlyArray<RereadOutcome> = ["replayed", "kept", "full"]

const withIds = (call: ReturnType<typeof scripts.readQuarantined.call>, ids: ReadonlyArray<string>) => {
  for (const id of ids) call.add("id", { id })
  return call
}

const requeueCall = (records: ReadonlyArray<Reread>, room: QueueRoom) => {
  const call = scripts.requeue.call({ ...room, records: records.length })
  for (const record of records) {
    const entries = "events" in record ? streamEntriesOf(record.events) : []
    const reason = "events" in record ? "" : encodeReason(record)
    call.add("record", { id: record.entryId, entries: entries.length, reason })
    for (const entry of entries) call.add("entry", entry)
  }
  return call
}

/** People may send anything as an id, and Redis refuses a whole command for one that it can't parse. */
const isEntryId = (text: string): boolean => /^\d{1,15}-\d{1,15}$/.test(text)

/** Nothing is before it, and Redis refuses the range. */
const isFirst = (entryId: string): boolean => /^0+-0+$/.test(entryId)

const chunksOf = (entryIds: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from(
    { length: Math.ceil(entryIds.length / most) },
    (_, index) => entryIds.slice(index * most, (index + 1) * most)
  )

const deadLetterOf = (queue: DeadLetterQueue, { fields, id }: RawEntry, reread: unknown): DeadLetter => {
  const field = (name: string) => fields.get(name) ?? ""
  const payload = field("e")
  const kept = { entryId: id, queue, at: new Date(Number.parseInt(id)).toISOString(), payload }
  if (queue !== "quarantine") {
    return { ...kept, reason: field("r"), detail: field("d"), attempts: attemptsOf(field("a")) }
  }
  return { ...kept, ...quarantinedDeadLetter(payload, typeof reread === "string" ? decodeReason(reread) : undefined) }
}

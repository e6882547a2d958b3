import { Effect, Layer, Scope, Semaphore } from "effect"
import { type RedisConnection, type RedisFailed } from "../redis/Redis.ts"
import { acknowledgeCall, byEntry } from "./acknowledgeCall.ts"
import { appendCall, appendResultsOf, fullBy, tookAny } from "./appendCall.ts"
import {
  type AppendLimits,
  type CallId,
  type Delivery,
  type EventBatch,
  EventQueue,
  type Load,
  type MetaAlerts,
  type Outcome,
  type QueueRoom
} from "./EventQueue.ts"
import { consumerGroup } from "./limits.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { int, list, streamEntries, text } from "./replies.ts"
import * as scripts from "./scripts.ts"
import { bytesOf, deliveriesOf, eventsOf } from "./streamEntry.ts"

/** A consumer that holds nothing is deleted after so many times `minIdleMs`. */
const retireAfter = 10

export const EventQueueRedis = (queueName: string) =>
  Layer.effect(
    EventQueue,
    Effect.gen(function*() {
      const { keys: { stream }, redis, run, runDurably, send } = yield* redisQueue(queueName)
      const scope = yield* Effect.scope
      // Only a program that reads needs a connection that may block. Uninterruptible: `cached` would keep the
      // interruption.
      const reader = yield* Effect.cached(
        Effect.uninterruptible(Effect.provideService(redis.ownConnection, Scope.Scope, scope))
      )
      const oneReader = Semaphore.makeUnsafe(1)

      const createGroup = redis.command("XGROUP", "CREATE", stream, consumerGroup, "0", "MKSTREAM").pipe(
        Effect.catchIf((error) => error.detail.startsWith("BUSYGROUP"), () => Effect.void)
      )

      /** A new group begins at the start of the stream: only what is not acknowledged is there. */
      const withGroup = <A>(read: Effect.Effect<A, RedisFailed>) =>
        Effect.catchIf(read, withoutGroup, () => Effect.andThen(createGroup, read))

      const runInGroup = (call: Parameters<typeof send>[0]) => send(call).pipe(withGroup, Effect.mapError(unavailable))

      const append = (eventBatches: ReadonlyArray<EventBatch>, limits: AppendLimits, callId?: CallId) =>
        eventBatches.length === 0
          ? Effect.succeed([])
          : Effect.map(
            runDurably(appendCall(eventBatches, limits, callId), tookAny),
            (reply) => appendResultsOf(reply, eventBatches.length)
          )

      /** Waits for one entry, with all its events. */
      const awaitOne = (consumer: string, blockMs: number) => {
        const block = ["BLOCK", Math.ceil(blockMs)]
        const args = ["GROUP", consumerGroup, consumer, "COUNT", 1, ...block, "STREAMS", stream, ">"]
        return Effect.flatMap(reader, (connection: RedisConnection) => connection.command("XREADGROUP", ...args)).pipe(
          withGroup,
          // Two blocking reads on one connection would wait for each other.
          oneReader.withPermits(1),
          Effect.mapBoth({ onFailure: unavailable, onSuccess: waitedFor })
        )
      }

      const read = Effect.fnUntraced(function*(consumer: string, count: number, blockMs: number) {
        const found = deliveries(yield* runInGroup(scripts.read.call({ consumer, count })))
        return found.length > 0 || blockMs <= 0 ? found : yield* awaitOne(consumer, blockMs)
      })

      const reclaim = Effect.fnUntraced(function*(consumer: string, minIdleMs: number, count: number) {
        yield* run(scripts.retireConsumers.call({ consumer, idle: minIdleMs * retireAfter }))
        const found: Array<Delivery> = []
        const idle = Math.ceil(minIdleMs)
        let from = "0-0"
        // One call looks at a bounded number of entries, and those held for a shorter time may come first.
        do {
          const reply = yield* runInGroup(scripts.reclaim.call({ consumer, idle, count: count - found.length, from }))
          const [next, entries] = list(reply)
          from = text(next)
          found.push(...deliveries(entries))
        } while (from !== "0-0" && found.length < count)
        return found
      })

      /** Makes meta-alerts when it is known which counts are reached; those events stay pending until then. */
      const acknowledge = Effect.fnUntraced(function*(outcomes: ReadonlyArray<Outcome>, metaAlerts: MetaAlerts) {
        if (outcomes.length === 0) return acknowledgedOf([])
        const groups = byEntry(outcomes)
        const counts = list(yield* run(acknowledgeCall(groups, metaAlerts, false))).map(int)
        const left = counts.splice(6)
        if (left.length === 0) return acknowledgedOf(counts)
        const inOrder = groups.flat()
        const rest = byEntry(left.flatMap((number) => inOrder[number - 1] ?? []))
        const more = list(yield* run(acknowledgeCall(rest, metaAlerts, true))).map(int)
        return acknowledgedOf(counts.map((count, index) => count + (more[index] ?? 0)))
      })

      const room = (
        { bytes, events, sender }: Load,
        { capacity, capacityBytes }: QueueRoom
      ) =>
        Effect.map(
          run(scripts.eventRoom.call({ capacity, capacityBytes, sender, events, weight: bytes })),
          (reply) => reply === null ? undefined : fullBy(reply)
        )

      const backlog = Effect.map(run(scripts.eventBacklog.call({})), (reply) => {
        const [depth = 0, bytes = 0, oldestMs = 0] = list(reply).map(int)
        return { depth, bytes, oldestMs }
      })

      return EventQueue.of({ append, room, read, reclaim, acknowledge, backlog })
    })
  )

/** The group is missing, or the stream went away under a blocked reader (versions word it differently). */
const withoutGroup = ({ detail }: RedisFailed): boolean => /^(?:NOGROUP|UNBLOCKED)/.test(detail)

/** Reads the answer to XREADGROUP. */
const waitedFor = (reply: unknown): ReadonlyArray<Delivery> =>
  reply === null ?
    [] :
    streamEntries(list(list(reply)[0])[1]).flatMap(({ fields, id }) => {
      const text = fields.get("e") ?? ""
      return deliveriesOf(id, eventsOf({ size: int(fields.get("n") ?? 1), text }), bytesOf(text), () => false)
    })

/** Reads entries as the scripts give them: `entry size bytes text acknowledged` each. */
const deliveries = (reply: unknown): ReadonlyArray<Delivery> => {
  const flat = list(reply)
  const found: Array<Delivery> = []
  for (let index = 0; index + 4 < flat.length; index += 5) {
    const [entry, size, bytes, lines, acknowledged] = flat.slice(index, index + 5)
    const digits = acknowledged === null ? "" : text(acknowledged)
    const events = eventsOf({ size: int(size), text: text(lines) })
    const isAcknowledged = (index: number) => digits[index] === "1"
    for (const delivery of deliveriesOf(text(entry), events, int(bytes), isAcknowledged)) found.push(delivery)
  }
  return found
}

const acknowledgedOf = (
  [forwarded = 0, suppressed = 0, unmatched = 0, dead = 0, metaAlerts = 0, repeated = 0]: ReadonlyArray<number>
) => ({
  forwarded,
  suppressed,
  unmatched,
  dead,
  metaAlerts,
  repeated
})

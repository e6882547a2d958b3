import { Effect, Layer, Scope, Semaphore } from "effect"
import { type RedisConnection, type RedisFailed } from "../redis/Redis.ts"
import { acknowledgeArguments, groupsOf } from "./acknowledgeArguments.ts"
import { appendArguments, appendResultsOf, fullBy } from "./appendArguments.ts"
import {
  type AppendLimits,
  type Delivery,
  type EventBatch,
  EventQueue,
  type Load,
  type MetaAlerts,
  type Outcome
} from "./EventQueue.ts"
import { group } from "./limits.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { int, list, streamEntries, text } from "./replies.ts"
import { acknowledge as settleScript } from "./scripts/acknowledge.ts"
import { append as appendScript } from "./scripts/append.ts"
import type { QueueScript } from "./scripts/queueScript.ts"
import { take as takeScript, takeOver as takeOverScript } from "./scripts/read.ts"
import { eventRoom } from "./scripts/room.ts"
import { eventBacklog, retireConsumers } from "./scripts/stats.ts"
import { bytesOf, deliveriesOf, eventsOf } from "./streamEntry.ts"

/** A consumer that holds nothing is forgotten after this many times the time after which others take over what it holds. */
const retireAfter = 10

export const EventQueueRedis = (queueName: string) =>
  Layer.effect(
    EventQueue,
    Effect.gen(function*() {
      const { keys, redis, run } = yield* redisQueue(queueName)
      const { stream } = keys
      const scope = yield* Effect.scope
      // Only who reads needs a connection that may block. Whole, since an interruption would be remembered too.
      const reader = yield* Effect.cached(
        Effect.uninterruptible(Effect.provideService(redis.ownConnection, Scope.Scope, scope))
      )
      const oneReader = Semaphore.makeUnsafe(1)

      const createGroup = redis.command("XGROUP", "CREATE", stream, group, "0", "MKSTREAM").pipe(
        Effect.catchIf((error) => error.detail.startsWith("BUSYGROUP"), () => Effect.void)
      )

      /** From the start of the stream: what a lost group had not settled is there, and nothing else is. */
      const withGroup = <A>(read: Effect.Effect<A, RedisFailed>) =>
        Effect.catchIf(read, withoutGroup, () => Effect.andThen(createGroup, read))

      const append = (eventBatches: ReadonlyArray<EventBatch>, limits: AppendLimits) =>
        eventBatches.length === 0
          ? Effect.succeed([])
          : Effect.map(
            run(appendScript, appendArguments(eventBatches, limits)),
            (reply) => appendResultsOf(reply, eventBatches.length)
          )

      const take = ({ keys: names, ...script }: QueueScript, args: ReadonlyArray<string | number>) =>
        redis.script(script, names.map((name) => keys[name]), args).pipe(withGroup, Effect.mapError(unavailable))

      /** The first entry to come, with whatever it holds. */
      const awaitOne = (consumer: string, blockMs: number) =>
        Effect.flatMap(reader, (connection: RedisConnection) =>
          connection.command(
            "XREADGROUP",
            "GROUP",
            group,
            consumer,
            "COUNT",
            1,
            "BLOCK",
            Math.ceil(blockMs),
            "STREAMS",
            stream,
            ">"
          )).pipe(
            withGroup,
            // Two on one connection would wait for each other beyond their time.
            oneReader.withPermits(1),
            Effect.mapBoth({ onFailure: unavailable, onSuccess: waitedFor })
          )

      const read = Effect.fnUntraced(function*(consumer: string, count: number, blockMs: number) {
        const taken = told(yield* take(takeScript, [consumer, count]))
        return taken.length > 0 || blockMs <= 0 ? taken : yield* awaitOne(consumer, blockMs)
      })

      const reclaim = Effect.fnUntraced(function*(consumer: string, minIdleMs: number, count: number) {
        yield* run(retireConsumers, [consumer, minIdleMs * retireAfter])
        const found: Array<Delivery> = []
        let cursor = "0-0"
        // One call looks at a bounded number of entries; those in hand for a shorter time may come first.
        do {
          const reply = yield* take(takeOverScript, [consumer, Math.ceil(minIdleMs), count - found.length, cursor])
          const [next, entries] = list(reply)
          cursor = text(next)
          found.push(...told(entries))
        } while (cursor !== "0-0" && found.length < count)
        return found
      })

      /**
       * The alerts of counts that are reached now are made only when it is known which those are; until then their events stay unsettled.
       */
      const settle = Effect.fnUntraced(function*(outcomes: ReadonlyArray<Outcome>, metaAlerts: MetaAlerts) {
        if (outcomes.length === 0) return settledOf([])
        const [counts, wanting] = settleReply(
          yield* run(settleScript, acknowledgeArguments(outcomes, metaAlerts, false))
        )
        if (wanting.length === 0) return settledOf(counts)
        const inOrder = [...groupsOf(outcomes).values()].flatMap((group) => group.settlements)
        const rest = wanting.flatMap((number) => inOrder[number - 1] ?? [])
        const [more] = settleReply(yield* run(settleScript, acknowledgeArguments(rest, metaAlerts, true)))
        return settledOf(counts.map((count, index) => count + (more[index] ?? 0)))
      })

      const room = (load: Load, { capacity, capacityBytes }: Pick<AppendLimits, "capacity" | "capacityBytes">) =>
        Effect.map(
          run(eventRoom, [capacity, capacityBytes, load.sender, load.events, load.bytes]),
          (reply) => reply === null ? undefined : fullBy(reply)
        )

      const backlog = Effect.map(run(eventBacklog, []), (reply) => {
        const [depth = 0, bytes = 0, oldestMs = 0] = list(reply).map(int)
        return { depth, bytes, oldestMs }
      })

      return EventQueue.of({ append, room, read, reclaim, acknowledge: settle, backlog })
    })
  )

/** No group, or the stream went away under a blocked reader (worded differently by version). */
const withoutGroup = ({ detail }: RedisFailed): boolean => /^(?:NOGROUP|UNBLOCKED)/.test(detail)

/** The first entry of the answer to XREADGROUP. */
const waitedFor = (reply: unknown): ReadonlyArray<Delivery> =>
  reply === null ?
    [] :
    streamEntries(list(list(reply)[0])[1]).flatMap(({ fields, id }) => {
      const text = fields.get("e") ?? ""
      return deliveriesOf(id, eventsOf({ size: int(fields.get("n") ?? 1), text }), bytesOf(text), () => false)
    })

/** What the scripts tell of entries: `entry size bytes text settled` each. */
const told = (reply: unknown): ReadonlyArray<Delivery> => {
  const flat = list(reply)
  const found: Array<Delivery> = []
  for (let index = 0; index + 4 < flat.length; index += 5) {
    const [entry, size, bytes, events, settled] = flat.slice(index, index + 5)
    const digits = settled === null ? "" : text(settled)
    const bundle = eventsOf({ size: int(size), text: text(events) })
    const isSettled = (index: number) => digits[index] === "1"
    for (const delivery of deliveriesOf(text(entry), bundle, int(bytes), isSettled)) found.push(delivery)
  }
  return found
}

const settledOf = (
  [forwarded = 0, suppressed = 0, unmatched = 0, dead = 0, metaAlerts = 0, repeated = 0]: ReadonlyArray<number>
) => ({
  forwarded,
  suppressed,
  unmatched,
  dead,
  metaAlerts,
  repeated
})

const settleReply = (reply: unknown): readonly [counts: ReadonlyArray<number>, wanting: ReadonlyArray<number>] => {
  const all = list(reply).map(int)
  return [all.slice(0, 6), all.slice(6)]
}

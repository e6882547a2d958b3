import { Effect, Layer, Scope, Semaphore } from "effect"
import { type RedisFailed, type RedisSession } from "../redis/Redis.ts"
import {
  type AppendLimits,
  type Delivery,
  EventQueue,
  type MetaAlerts,
  type Parcel,
  type Receipt,
  type Settlement
} from "./EventQueue.ts"
import { attemptLines, letterOf } from "./letters.ts"
import { group } from "./limits.ts"
import { redisQueue, unavailable } from "./redisQueue.ts"
import { deliveries, int, list, text } from "./replies.ts"
import { append as appendScript } from "./scripts/append.ts"
import { eventBacklog, retireConsumers } from "./scripts/readings.ts"
import { settle as settleScript } from "./scripts/settle.ts"

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
        Effect.uninterruptible(Effect.provideService(redis.session, Scope.Scope, scope))
      )
      const oneReader = Semaphore.makeUnsafe(1)

      const createGroup = redis.command("XGROUP", "CREATE", stream, group, "0", "MKSTREAM").pipe(
        Effect.catchIf((error) => error.detail.startsWith("BUSYGROUP"), () => Effect.void)
      )

      /** From the start of the stream: what a lost group had not settled is there, and nothing else is. */
      const withGroup = <A>(read: Effect.Effect<A, RedisFailed>) =>
        Effect.catchIf(read, withoutGroup, () => Effect.andThen(createGroup, read))

      const append = (parcels: ReadonlyArray<Parcel>, limits: AppendLimits) =>
        parcels.length === 0
          ? Effect.succeed([])
          : Effect.map(run(appendScript, appendArguments(parcels, limits)), receipts)

      const read = (consumer: string, count: number, blockMs: number) =>
        Effect.flatMap(reader, (session: RedisSession) =>
          session.command(
            "XREADGROUP",
            "GROUP",
            group,
            consumer,
            "COUNT",
            count,
            ...(blockMs > 0 ? ["BLOCK", Math.ceil(blockMs)] : []),
            "STREAMS",
            stream,
            ">"
          )).pipe(
            withGroup,
            // Two on one connection would wait for each other beyond their time.
            oneReader.withPermits(1),
            Effect.mapBoth({
              onFailure: unavailable,
              onSuccess: (reply) => reply === null ? [] : deliveries(list(list(reply)[0])[1])
            })
          )

      const reclaim = Effect.fnUntraced(function*(consumer: string, minIdleMs: number, count: number) {
        yield* run(retireConsumers, [consumer, minIdleMs * retireAfter])
        const found: Array<Delivery> = []
        let cursor = "0-0"
        // One call looks at a bounded number of entries; those in hand for a shorter time may come first.
        do {
          const reply = list(
            yield* redis.command(
              "XAUTOCLAIM",
              stream,
              group,
              consumer,
              Math.ceil(minIdleMs),
              cursor,
              "COUNT",
              count - found.length
            )
              .pipe(withGroup, Effect.mapError(unavailable))
          )
          cursor = text(reply[0])
          found.push(...deliveries(reply[1]))
        } while (cursor !== "0-0" && found.length < count)
        return found
      })

      /**
       * The alerts of counts that are reached now are made only when it is known which those are; until then their events stay unsettled.
       */
      const settle = Effect.fnUntraced(function*(settlements: ReadonlyArray<Settlement>, metaAlerts: MetaAlerts) {
        if (settlements.length === 0) return settledOf([])
        const [counts, wanting] = settleReply(yield* run(settleScript, settleArguments(settlements, metaAlerts, false)))
        if (wanting.size === 0) return settledOf(counts)
        const rest = settlements.filter(({ entryId }) => wanting.has(entryId))
        const [more] = settleReply(yield* run(settleScript, settleArguments(rest, metaAlerts, true)))
        return settledOf(counts.map((count, index) => count + (more[index] ?? 0)))
      })

      const backlog = Effect.map(run(eventBacklog, []), (reply) => {
        const [depth = 0, inHand = 0, oldestMs = 0] = list(reply).map(int)
        return { depth, inHand, oldestMs }
      })

      return EventQueue.of({ append, read, reclaim, settle, backlog })
    })
  )

/** No group, or the stream went away under a blocked reader (worded differently by version). */
const withoutGroup = ({ detail }: RedisFailed): boolean => /^(?:NOGROUP|UNBLOCKED)/.test(detail)

const appendArguments = (parcels: ReadonlyArray<Parcel>, limits: AppendLimits) => {
  const args: Array<string | number> = [limits.capacity, limits.rate, limits.rateWindowMs, parcels.length]
  for (const { events, quarantined, sender } of parcels) {
    args.push(sender, events.length, quarantined.length)
    for (const event of events) args.push(event)
    for (const record of quarantined) args.push(record)
  }
  return args
}

const receipts = (reply: unknown): ReadonlyArray<Receipt> => {
  const flat = list(reply)
  const made: Array<Receipt> = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const tag = flat[index]
    const number = int(flat[index + 1])
    made.push(
      tag === "limited"
        ? { _tag: tag, retryAfterMs: number }
        : { _tag: tag === "full" ? tag : "accepted", depth: number }
    )
  }
  return made
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

const settleReply = (reply: unknown): readonly [counts: ReadonlyArray<number>, wanting: ReadonlySet<string>] => {
  const all = list(reply)
  return [all.slice(0, 6).map(int), new Set(all.slice(6).map(text))]
}

const settleArguments = (settlements: ReadonlyArray<Settlement>, metaAlerts: MetaAlerts, final: boolean) => {
  const candidates: Array<string> = []
  const asked = new Set<string>()
  const items: Array<string | number> = []
  for (const settlement of settlements) {
    switch (settlement._tag) {
      case "forwarded": {
        const { id, payload, signature } = settlement.alert
        items.push("f", settlement.entryId, id, signature, payload)
        break
      }
      case "suppressed":
        items.push("s", settlement.entryId)
        break
      case "unmatched": {
        const { entryId, fingerprint } = settlement
        items.push("u", entryId, fingerprint)
        if (!final || asked.has(fingerprint)) break
        asked.add(fingerprint)
        const candidate = metaAlerts.candidates.get(fingerprint)
        if (candidate !== undefined) candidates.push(fingerprint, candidate.id, candidate.signature, candidate.payload)
        break
      }
      case "dead": {
        const letter = letterOf(settlement.letter)
        items.push("d", settlement.entryId, letter.reason, letter.detail, attemptLines(letter.attempts))
        break
      }
    }
  }
  const head = [metaAlerts.threshold, metaAlerts.windowMs, final ? 1 : 0, candidates.length / 4]
  return [...head, ...candidates, settlements.length, ...items]
}

import { Context, Deferred, Effect, FiberSet, Layer, Metric, Semaphore } from "effect"
import { Environment } from "../../layers/environment/Environment.ts"
import type { Check } from "../../layers/http/HealthCheck.ts"
import { type Delivery, EventQueue, positionText } from "../../layers/queue/EventQueue.ts"
import type { QueueUnavailable } from "../../layers/queue/QueueUnavailable.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { ActiveRules } from "./ActiveRules.ts"
import { type Backpressure, makeBackpressure } from "./Backpressure.ts"
import { inHand, reclaimedEvents } from "./metrics.ts"
import { EventProcessor } from "./pipeline.ts"

export interface EventConsumerOptions {
  readonly batchSize: number
  /** How long anybody may hold an event before it is taken over, and how often to look for such events. */
  readonly reclaimIdleMs: number
  readonly reclaimEveryMs: number
}

/** Reads events and hands them to the pipeline, three batches at a time: while one is stored and one is acknowledged, the next is read and decided about. */
export class EventConsumer extends Context.Service<EventConsumer, {
  readonly check: Check
}>()("mutt/services/alerter/EventConsumer") {}

const batchesAtOnce = 3
/** How long a reading waits for the first event. A stop waits for it, too. */
const blockMs = 500
/** Between two looks at whatever keeps from reading. */
const pause = "200 millis"
/** What a stop grants the batches under way. */
const drainTime = "10 seconds"
/** Characters of payloads to aim at in one batch. */
const batchCharacters = 5_500_000

export const EventConsumerLayer = (options: EventConsumerOptions) =>
  Layer.effect(
    EventConsumer,
    Effect.gen(function*() {
      const queue = yield* EventQueue
      const processor = yield* EventProcessor
      const rules = yield* ActiveRules
      const backpressure = yield* makeBackpressure
      const { instance } = yield* Environment
      const room = yield* Semaphore.make(batchesAtOnce)
      const hands = yield* FiberSet.make<void>()
      yield* Effect.addFinalizer(() =>
        FiberSet.awaitEmpty(hands).pipe(
          Effect.timeoutOrElse({
            duration: drainTime,
            orElse: () => Effect.logWarning("Batches were still under way at the end; their events are read again.")
          })
        )
      )
      const held = new Set<ReadonlyArray<Delivery>>()
      let previous: Effect.Effect<void> = Effect.void
      let size = options.batchSize
      let redisAway = false

      const countHeld = Effect.suspend(() => Metric.update(inHand, sumOf(held, (batch) => batch.length)))

      const begin = Effect.fnUntraced(function*(deliveries: ReadonlyArray<Delivery>, under: Backpressure) {
        const turn = previous
        const done = yield* Deferred.make<void>()
        previous = Deferred.await(done)
        held.add(deliveries)
        const work = under._tag === "shed"
          ? processor.shed(deliveries, under.detail)
          : processor.handle(deliveries, turn)
        yield* FiberSet.run(
          hands,
          countHeld.pipe(
            Effect.andThen(work),
            droppedAt("alerter.handle", "A batch broke; its events are read again once they have been held too long."),
            Effect.ensuring(Effect.suspend(() => {
              held.delete(deliveries)
              Deferred.doneUnsafe(done, Effect.void)
              return Effect.andThen(room.release(1), countHeld)
            })),
            Effect.asVoid
          )
        )
      })

      /** Once there is room: whole or not at all. What was read is in somebody's hands, also when the program stops meanwhile. */
      const take = (fetch: Effect.Effect<ReadonlyArray<Delivery>, QueueUnavailable>, under: Backpressure) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.andThen(
            restore(room.take(1)),
            fetch.pipe(
              Effect.tap((deliveries) => deliveries.length === 0 ? room.release(1) : begin(deliveries, under)),
              Effect.onError(() => room.release(1))
            )
          )
        )

      /** Large messages come fewer at a time, so that memory stays within bounds. */
      const adapt = (deliveries: ReadonlyArray<Delivery>) => {
        if (deliveries.length === 0) return
        const characters = sumOf(deliveries, ({ payload }) => payload.length)
        const fitting = Math.floor(batchCharacters / (characters / deliveries.length))
        size = Math.max(1, Math.min(options.batchSize, fitting))
      }

      /** Looked at beside the reading before this one, as a look takes as long as a reading. One batch too many does no harm. */
      let looked: Backpressure | undefined
      const turn = Effect.gen(function*() {
        yield* rules.current
        const known = looked
        looked = undefined
        if (processor.waiting()) return yield* Effect.sleep(pause)
        const under = known ?? (yield* backpressure.look)
        if (under._tag === "defer") return yield* backpressure.rest(under.waitMs)
        const read = Effect.suspend(() => queue.read(instance, size, blockMs))
        const [deliveries, next] = yield* Effect.all([take(read, under), backpressure.look], { concurrency: 2 })
        adapt(deliveries)
        looked = next
        if (redisAway) yield* Effect.logInfo("Redis answers again; events are read.")
        redisAway = false
      })

      const away = Effect.fnUntraced(function*({ detail, operation }: QueueUnavailable) {
        if (!redisAway) {
          yield* Effect.annotateLogs(Effect.logWarning("Redis does not answer; events wait."), { operation, detail })
        }
        redisAway = true
        yield* Effect.sleep(pause)
      })

      /** Few are ever taken over, so what is held is listed only then. */
      const notHeld = (deliveries: ReadonlyArray<Delivery>) => {
        if (deliveries.length === 0) return deliveries
        const ids = new Set(Array.from(held).flatMap((batch) => batch.map(({ position }) => positionText(position))))
        return deliveries.filter(({ position }) => !ids.has(positionText(position)))
      }

      const reclaim = Effect.gen(function*() {
        yield* rules.current
        while (!processor.waiting()) {
          const fetch = queue.reclaim(instance, options.reclaimIdleMs, options.batchSize)
          const taken = yield* take(Effect.map(fetch, notHeld), { _tag: "go" })
          if (taken.length === 0) return
          yield* Metric.update(reclaimedEvents, taken.length)
          yield* Effect.annotateLogs(Effect.logInfo("Events that were held too long were taken over."), {
            events: taken.length
          })
        }
      })

      yield* Effect.catchTag(turn, "QueueUnavailable", away).pipe(Effect.forever, supervised("alerter.read"))
      // Redis being away is told by the loop that reads.
      yield* Effect.ignore(reclaim).pipe(
        Effect.andThen(Effect.sleep(options.reclaimEveryMs)),
        Effect.forever,
        supervised("alerter.reclaim")
      )

      return EventConsumer.of({ check: { name: "delivery", required: false, check: Effect.sync(backpressure.state) } })
    })
  )

const sumOf = <A>(all: Iterable<A>, of: (one: A) => number): number => {
  let sum = 0
  for (const one of all) sum += of(one)
  return sum
}

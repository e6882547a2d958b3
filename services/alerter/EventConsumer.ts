import { Context, Deferred, Effect, FiberSet, Layer, Metric, Semaphore } from "effect"
import { Environment } from "../../layers/environment/Environment.ts"
import type { Check } from "../../layers/http/HealthCheck.ts"
import { type Delivery, EventQueue, positionText } from "../../layers/queue/EventQueue.ts"
import type { QueueUnavailable } from "../../layers/queue/QueueUnavailable.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { supervised } from "../../layers/telemetry/supervised.ts"
import { ActiveRules } from "./ActiveRules.ts"
import { type Backpressure, makeBackpressure } from "./Backpressure.ts"
import { processingDepth, reclaimedEvents } from "./metrics.ts"
import { EventProcessor } from "./pipeline.ts"

export interface EventConsumerOptions {
  readonly batchSize: number
  /** How long an alerter may hold an event before another takes it over, and how often to search for such events. */
  readonly reclaimIdleMs: number
  readonly reclaimEveryMs: number
}

/**
 * Reads events and takes them through the pipeline, three batches at a time: while one is stored and one is
 * acknowledged, the next is read and evaluated.
 */
export class EventConsumer extends Context.Service<EventConsumer, {
  readonly check: Check
}>()("mutt/services/alerter/EventConsumer") {}

const batchesAtOnce = 3
/** How long a read waits for the first event. A stop waits for it, too. */
const blockMs = 500
/** Between two attempts while something keeps from reading. */
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
      const pressure = yield* makeBackpressure
      const { instance } = yield* Environment
      const slots = yield* Semaphore.make(batchesAtOnce)
      const running = yield* FiberSet.make<void>()
      yield* Effect.addFinalizer(() =>
        FiberSet.awaitEmpty(running).pipe(
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

      const countHeld = Effect.suspend(() => Metric.update(processingDepth, sumOf(held, (batch) => batch.length)))

      const start = Effect.fnUntraced(function*(deliveries: ReadonlyArray<Delivery>, backpressure: Backpressure) {
        const earlierDone = previous
        const done = yield* Deferred.make<void>()
        previous = Deferred.await(done)
        held.add(deliveries)
        const work = backpressure._tag === "shed"
          ? processor.shed(deliveries, backpressure.detail)
          : processor.handle(deliveries, earlierDone)
        yield* FiberSet.run(
          running,
          countHeld.pipe(
            Effect.andThen(work),
            droppedAt("alerter.handle", "A batch broke; its events are read again once they have been held too long."),
            Effect.ensuring(Effect.suspend(() => {
              held.delete(deliveries)
              Deferred.doneUnsafe(done, Effect.void)
              return Effect.andThen(slots.release(1), countHeld)
            })),
            Effect.asVoid
          )
        )
      })

      /** Reads once a slot is free. Uninterruptible, so that every batch that was read is started. */
      const take = (fetch: Effect.Effect<ReadonlyArray<Delivery>, QueueUnavailable>, backpressure: Backpressure) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.andThen(
            restore(slots.take(1)),
            fetch.pipe(
              Effect.tap((deliveries) => deliveries.length === 0 ? slots.release(1) : start(deliveries, backpressure)),
              Effect.onError(() => slots.release(1))
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

      /** Measured beside the read before, since both take as long. One batch too many does no harm. */
      let measured: Backpressure | undefined
      const readNext = Effect.gen(function*() {
        yield* rules.current
        const known = measured
        measured = undefined
        if (processor.waiting()) return yield* Effect.sleep(pause)
        const current = known ?? (yield* pressure.measure)
        if (current._tag === "defer") return yield* pressure.rest(current.waitMs)
        const read = Effect.suspend(() => queue.read(instance, size, blockMs))
        const [deliveries, next] = yield* Effect.all([take(read, current), pressure.measure], { concurrency: 2 })
        adapt(deliveries)
        measured = next
        if (redisAway) yield* Effect.logInfo("Redis answers again; events are read.")
        redisAway = false
      })

      const waitForRedis = Effect.fnUntraced(function*({ detail, operation }: QueueUnavailable) {
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

      yield* Effect.catchTag(readNext, "QueueUnavailable", waitForRedis).pipe(
        Effect.forever,
        supervised("alerter.read")
      )
      // That Redis is away is logged by the loop that reads.
      yield* Effect.ignore(reclaim).pipe(
        Effect.andThen(Effect.sleep(options.reclaimEveryMs)),
        Effect.forever,
        supervised("alerter.reclaim")
      )

      return EventConsumer.of({ check: { name: "delivery", required: false, check: Effect.sync(pressure.state) } })
    })
  )

const sumOf = <A>(all: Iterable<A>, of: (one: A) => number): number => {
  let sum = 0
  for (const one of all) sum += of(one)
  return sum
}

import { Clock, Context, DateTime, Effect, Layer, Metric } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import type { Check, CheckResult } from "../../layers/http/HealthCheck.ts"
import {
  type Acknowledged,
  type Delivery,
  EventQueue,
  type MetaAlerts,
  type Outcome,
  positionText
} from "../../layers/queue/EventQueue.ts"
import { ActiveRules } from "./ActiveRules.ts"
import { deadLetter } from "./DeadLetterReason.ts"
import { DecisionRecorder } from "./DecisionRecorder.ts"
import { evaluate, type Evaluated, type Rejected } from "./evaluate.ts"
import { alertsForwarded, batchSeconds, eventDelay, metaAlerts, processed, repeatedEvents, shed } from "./metrics.ts"
import { outcomesOf } from "./outcomes.ts"
import { makeRetryUntilAccepted } from "./retryUntilAccepted.ts"

/**
 * Takes a batch from reading to its end: decide, record, settle. It always ends: what PostgreSQL or Redis does not take now is
 * offered again until they do, and that costs the events nothing.
 */
export class EventProcessor extends Context.Service<EventProcessor, {
  /** `turn` is awaited before settling, so that alerts are handed over in the order in which their events were read. */
  readonly handle: (deliveries: ReadonlyArray<Delivery>, turn: Effect.Effect<void>) => Effect.Effect<void>
  /** Keeps a batch as dead letters, undecided. */
  readonly shed: (deliveries: ReadonlyArray<Delivery>, detail: string) => Effect.Effect<void>
  /** A batch is waiting for PostgreSQL or Redis; nothing new should be begun. */
  readonly waiting: () => boolean
  readonly check: Check
}>()("mutt/services/alerter/EventProcessor") {}

export const EventProcessorLayer = Layer.effect(
  EventProcessor,
  Effect.gen(function*() {
    const queue = yield* EventQueue
    const config = yield* DynamicConfig
    const rules = yield* ActiveRules
    const recorder = yield* DecisionRecorder
    const { retry: untilAccepted, trouble } = makeRetryUntilAccepted("Redis")

    /** Settling again is safe: what was settled is skipped. */
    const settle = (outcomes: ReadonlyArray<Outcome>, meta: MetaAlerts) =>
      Effect.orDie(untilAccepted(queue.acknowledge(outcomes, meta), ({ detail }) => detail))

    const reason = () => recorder.trouble() ?? trouble()

    const handle = Effect.fn("EventProcessor.handle")(
      function*(deliveries: ReadonlyArray<Delivery>, turn: Effect.Effect<void>) {
        const started = yield* Clock.currentTimeMillis
        const at = DateTime.formatIso(DateTime.makeUnsafe(started))
        const { rejected, evaluated } = yield* evaluate(deliveries, yield* rules.current, at)
        const { accepted, recorded, refused } = yield* recorder.record(evaluated, at)
        const dead = [...rejected, ...refused]
        const { values } = config.snapshot()
        const limits = { threshold: values.unhandled_threshold, windowMs: values.unhandled_expiry_seconds * 1_000 }
        const [outcomes, meta] = outcomesOf(accepted, recorded, dead, limits, at)
        yield* turn
        const settled = yield* settle(outcomes, meta)
        yield* count(settled, dead)
        yield* observe(evaluated, started)
      }
    )

    const shedAll = Effect.fn("EventProcessor.shed")(function*(deliveries: ReadonlyArray<Delivery>, detail: string) {
      const at = DateTime.formatIso(yield* DateTime.now)
      const letters = deliveries.map(({ position }) =>
        deadLetter(position, { reason: "queue_depth_exceeded", detail, at })
      )
      const settled = yield* settle(letters, { threshold: 1, windowMs: 1_000, candidates: new Map() })
      yield* Metric.update(shed.dlq, settled.dead)
    })

    const check: Check = {
      name: "work",
      required: true,
      check: Effect.sync((): CheckResult => {
        const detail = reason()
        return detail === undefined ? { state: "ok" } : { state: "down", detail: `a batch waits: ${detail}` }
      })
    }

    return EventProcessor.of({
      handle,
      shed: shedAll,
      waiting: () => reason() !== undefined,
      check
    })
  })
)

const count = Effect.fnUntraced(function*(settled: Acknowledged, dead: ReadonlyArray<Rejected>) {
  const broken = Math.min(settled.dead, dead.filter(({ letter }) => letter.reason === "broken").length)
  yield* Metric.update(processed.handled, settled.forwarded + settled.suppressed)
  yield* Metric.update(processed.unhandled, settled.unmatched)
  yield* Metric.update(processed.error, broken)
  yield* Metric.update(processed.poison, settled.dead - broken)
  yield* Metric.update(alertsForwarded, settled.forwarded + settled.metaAlerts)
  yield* Metric.update(metaAlerts, settled.metaAlerts)
  yield* Metric.update(repeatedEvents, settled.repeated)
  for (const { letter: { detail, reason }, position } of dead) {
    yield* Effect.annotateLogs(Effect.logError("An event cannot be processed; it is kept as a dead letter."), {
      entryId: positionText(position),
      reason,
      detail: detail.slice(0, 500)
    })
  }
})

const observe = Effect.fnUntraced(function*(evaluated: ReadonlyArray<Evaluated>, started: number) {
  const now = yield* Clock.currentTimeMillis
  yield* Metric.update(batchSeconds, (now - started) / 1_000)
  const oldest = evaluated[0]
  if (oldest !== undefined) {
    yield* Metric.update(eventDelay, Math.max(0, now - Date.parse(oldest.record.event.receivedAt)) / 1_000)
  }
})

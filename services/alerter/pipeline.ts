import { Clock, Context, DateTime, Effect, Layer, Metric } from "effect"
import type { Check, CheckResult } from "../../layers/http/HealthCheck.ts"
import type { Delivery } from "../../layers/queue/EventQueue.ts"
import { offerExemplar } from "../../layers/telemetry/exemplars.ts"
import { newBatch, type Stage } from "./Batch.ts"
import { batchSeconds, shed } from "./metrics.ts"
import { Acknowledger, makeAcknowledge } from "./stages/acknowledge.ts"
import { compose } from "./stages/compose.ts"
import { decode } from "./stages/decode.ts"
import { makeEvaluate } from "./stages/evaluate.ts"
import { deadLetter } from "./stages/outcomes.ts"
import { DecisionRecorder, makeRecord } from "./stages/record.ts"
import { makeSilence } from "./stages/silence.ts"

/** What becomes of a batch of events, in this order. Another stage is one more file and one more line. */
const makeStages = Effect.all([
  Effect.succeed(decode),
  makeEvaluate,
  makeSilence,
  Effect.succeed(compose),
  makeRecord,
  makeAcknowledge
])

/**
 * Takes a batch of events through the stages. It always ends: what PostgreSQL or Redis does not accept now is offered
 * again until they do, which costs the events nothing.
 */
export class EventProcessor extends Context.Service<EventProcessor, {
  /** `earlierDone` is awaited before the batch is acknowledged. */
  readonly handle: (deliveries: ReadonlyArray<Delivery>, earlierDone: Effect.Effect<void>) => Effect.Effect<void>
  /** Makes a batch dead letters, undecided. */
  readonly shed: (deliveries: ReadonlyArray<Delivery>, detail: string) => Effect.Effect<void>
  /** A batch waits for PostgreSQL or Redis; no other should be begun. */
  readonly waiting: () => boolean
  readonly check: Check
}>()("mutt/services/alerter/pipeline/EventProcessor") {}

export const EventProcessorLayer = Layer.effect(
  EventProcessor,
  Effect.gen(function*() {
    const stages: ReadonlyArray<Stage> = yield* makeStages
    const recorder = yield* DecisionRecorder
    const acknowledger = yield* Acknowledger
    const reason = () => recorder.trouble() ?? acknowledger.trouble()

    const handle = Effect.fn("EventProcessor.handle")(function*(
      deliveries: ReadonlyArray<Delivery>,
      earlierDone: Effect.Effect<void>
    ) {
      const started = yield* Clock.currentTimeMillis
      let batch = newBatch(deliveries, DateTime.formatIso(DateTime.makeUnsafe(started)), earlierDone)
      for (const stage of stages) batch = yield* stage(batch)
      const ended = yield* Clock.currentTimeMillis
      const seconds = (ended - started) / 1_000
      yield* Metric.update(batchSeconds, seconds)
      const told = batch.spans[0]?.span
      if (told !== undefined) offerExemplar(batchSeconds, seconds, told.traceId, ended)
    })

    const shedAll = Effect.fn("EventProcessor.shed")(function*(deliveries: ReadonlyArray<Delivery>, detail: string) {
      const at = DateTime.formatIso(yield* DateTime.now)
      const outcomes = deliveries.map(({ position }) =>
        deadLetter({ position, reason: "queue_depth_exceeded", detail, at })
      )
      const noMetaAlerts = { threshold: 1, windowMs: 1_000, candidates: new Map() }
      const { dead } = yield* acknowledger.acknowledge(outcomes, noMetaAlerts)
      yield* Metric.update(shed.dlq, dead)
    })

    const check: Check = {
      name: "work",
      required: true,
      check: Effect.sync((): CheckResult => {
        const detail = reason()
        return detail === undefined ? { state: "ok" } : { state: "down", detail: `a batch waits: ${detail}` }
      })
    }

    return EventProcessor.of({ handle, shed: shedAll, waiting: () => reason() !== undefined, check })
  })
)

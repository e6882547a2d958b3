import { Effect, Layer, Metric } from "effect"
import { serveProgram } from "../../layers/http/CommonRoutes.ts"
import { durabilityCheck } from "../../layers/http/durabilityCheck.ts"
import { postgresCheck, queueFormatCheck, redisCheck, schemaCheck } from "../../layers/http/HealthCheck.ts"
import { recordCheck } from "../../layers/http/recordCheck.ts"
import { rightsCheck } from "../../layers/http/rightsCheck.ts"
import { AlertQueue } from "../../layers/queue/AlertQueue.ts"
import { DeadLetters } from "../../layers/queue/DeadLetters.ts"
import { EventQueue } from "../../layers/queue/EventQueue.ts"
import { ActiveRules, ActiveRulesLayer } from "./ActiveRules.ts"
import { ActiveSilences, ActiveSilencesLayer } from "./ActiveSilences.ts"
import { AlerterSettings } from "./AlerterSettings.ts"
import { DeliveryRecorder } from "./DeliveryRecorder.ts"
import { EventConsumer, EventConsumerLayer } from "./EventConsumer.ts"
import { alertDepth, beginAtZero, deadLetterDepth, eventDepth, oldestEventSeconds, processed } from "./metrics.ts"
import { EventProcessor, EventProcessorLayer } from "./pipeline.ts"
import { RuleHitCounterLayer } from "./RuleHitCounter.ts"
import { AcknowledgerLayer } from "./stages/acknowledge.ts"
import { DecisionRecorderLayer } from "./stages/record.ts"

const Http = Layer.unwrap(Effect.gen(function*() {
  const silences = yield* ActiveSilences
  const checks = [
    yield* Effect.map(ActiveRules, ({ check }) => check),
    silences.check,
    (yield* EventProcessor).check,
    (yield* EventConsumer).check
  ]
  return serveProgram({
    program: "alerter",
    description: "Decides by rules what becomes of each event, and records it.",
    endpoints: {},
    checks: Effect.map(
      Effect.all([
        redisCheck,
        queueFormatCheck,
        postgresCheck,
        schemaCheck,
        durabilityCheck(false),
        recordCheck,
        rightsCheck
      ]),
      (servers) => [...servers, ...checks]
    ),
    routes: Layer.empty,
    collect: [yield* depths],
    report: { work: Object.values(processed), silencesVersion: silences.version }
  })
}))

const depths = Effect.gen(function*() {
  yield* beginAtZero
  const events = yield* EventQueue
  const alerts = yield* AlertQueue
  const deadLetters = yield* DeadLetters
  return Effect.gen(function*() {
    const { depth, oldestMs } = yield* events.backlog
    yield* Metric.update(eventDepth, depth)
    yield* Metric.update(oldestEventSeconds, oldestMs / 1_000)
    yield* Metric.update(alertDepth, (yield* alerts.backlog).depth)
    yield* Metric.update(deadLetterDepth, yield* deadLetters.count("events"))
  })
})

const Reading = Layer.unwrap(Effect.map(AlerterSettings, (own) =>
  EventConsumerLayer({
    batchSize: own.batchSize,
    reclaimIdleMs: own.janitorTimeout * 1_000,
    reclaimEveryMs: own.janitorInterval * 1_000
  })))

/** The whole alerter. Needs queue, rules, audit, settings, an HttpServer, and PostgreSQL and Redis for their checks. */
export const Program = Layer.merge(Http, DeliveryRecorder).pipe(
  Layer.provide(Reading),
  Layer.provide(EventProcessorLayer),
  Layer.provide([
    DecisionRecorderLayer,
    AcknowledgerLayer,
    RuleHitCounterLayer,
    ActiveSilencesLayer.pipe(Layer.provideMerge(ActiveRulesLayer))
  ])
)

import { Clock, Context, Effect, Layer, Metric } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import {
  type Acknowledged,
  EventQueue,
  type MetaAlerts,
  type Outcome,
  positionText
} from "../../../layers/queue/EventQueue.ts"
import { offerExemplar } from "../../../layers/telemetry/exemplars.ts"
import { takingMany } from "../../../layers/telemetry/latencyHistogram.ts"
import { Cause } from "../../../src/domain/Decision.ts"
import type { Batch, Rejected, Stage } from "../Batch.ts"
import { observeDelays } from "../eventDelays.ts"
import { alertsForwarded, eventDelay, metaAlerts, processed, repeatedEvents, suppressed } from "../metrics.ts"
import { makeRetryUntilAccepted } from "../retryUntilAccepted.ts"
import { outcomesOf } from "./outcomes.ts"

/** Acknowledges outcomes to the queue until it accepts them. Twice is safe: what was acknowledged is skipped. */
export class Acknowledger extends Context.Service<Acknowledger, {
  readonly acknowledge: (outcomes: ReadonlyArray<Outcome>, meta: MetaAlerts) => Effect.Effect<Acknowledged>
  /** Why Redis accepts nothing, while a batch waits for it. */
  readonly trouble: () => string | undefined
}>()("mutt/services/alerter/stages/acknowledge/Acknowledger") {}

export const AcknowledgerLayer = Layer.effect(
  Acknowledger,
  Effect.map(EventQueue, (queue) => {
    const { retry, trouble } = makeRetryUntilAccepted("Redis")
    return Acknowledger.of({
      acknowledge: (outcomes, meta) => Effect.orDie(retry(queue.acknowledge(outcomes, meta), ({ detail }) => detail)),
      trouble
    })
  })
)

/** Acknowledges a batch after those that were read before it, so that alerts keep the order of their events. */
export const makeAcknowledge = Effect.gen(function*() {
  const { acknowledge } = yield* Acknowledger
  const config = yield* DynamicConfig
  const observe = yield* takingMany(eventDelay)
  const stage: Stage = Effect.fnUntraced(function*(batch) {
    const { unhandled_expiry_seconds, unhandled_threshold } = config.snapshot().values
    const limits = { threshold: unhandled_threshold, windowMs: unhandled_expiry_seconds * 1_000 }
    const [outcomes, meta] = outcomesOf(batch, limits)
    yield* batch.earlierDone
    yield* count(yield* acknowledge(outcomes, meta), batch.rejected)
    yield* countCauses(batch)
    const now = yield* Clock.currentTimeMillis
    observeDelays(observe, batch.evaluated, now)
    for (const { receivedAt, span } of batch.spans) {
      span.end()
      offerExemplar(eventDelay, Math.max(0, now - Date.parse(receivedAt)) / 1_000, span.traceId, now)
    }
    return batch
  })
  return stage
})

/** Counts what held events back. What was recorded before stands. */
const countCauses = Effect.fnUntraced(function*({ evaluated, recorded }: Batch) {
  const counts = { handling: 0, canary: 0, silence: 0 }
  for (const { record } of evaluated) {
    const decision = recorded.size === 0 ? record.decision : recorded.get(record.event.id) ?? record.decision
    if (decision.cause !== null) counts[decision.cause]++
  }
  for (const cause of Cause.literals) {
    if (counts[cause] > 0) yield* Metric.update(suppressed[cause], counts[cause])
  }
})

const count = Effect.fnUntraced(function*(acknowledged: Acknowledged, rejected: Batch["rejected"]) {
  const broken = Math.min(acknowledged.dead, rejected.filter(({ reason }) => reason === "broken").length)
  yield* Metric.update(processed.handled, acknowledged.forwarded + acknowledged.suppressed)
  yield* Metric.update(processed.unhandled, acknowledged.unmatched)
  yield* Metric.update(processed.error, broken)
  yield* Metric.update(processed.poison, acknowledged.dead - broken)
  yield* Metric.update(alertsForwarded, acknowledged.forwarded + acknowledged.metaAlerts)
  yield* Metric.update(metaAlerts, acknowledged.metaAlerts)
  yield* Metric.update(repeatedEvents, acknowledged.repeated)
  yield* Effect.forEach(rejected, logRejected, { discard: true })
})

const logRejected = ({ detail, position, reason }: Rejected) =>
  Effect.annotateLogs(Effect.logError("An event cannot be processed; it is kept as a dead letter."), {
    entryId: positionText(position),
    reason,
    detail: detail.slice(0, 500)
  })

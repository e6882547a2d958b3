import { Effect, Metric } from "effect"
import { requests } from "../../layers/delivery/moogsoft/metrics.ts"
import { counters } from "../../layers/telemetry/counters.ts"
import { latencyHistogram } from "../../layers/telemetry/latencyHistogram.ts"

export const rateLimitHits = Metric.counter("mutt_moog_rate_limit_hits_total", {
  description: "How often this forwarder had to wait for a token of the shared rate limit.",
  incremental: true
})

const alertsProcessed = counters(
  "mutt_moog_alerts_processed_total",
  "Tries that ended, by status: success (delivered), error (parked, to be tried again), dlq (dead letter)."
)
export const processed = {
  success: alertsProcessed({ status: "success" }),
  error: alertsProcessed({ status: "error" }),
  dlq: alertsProcessed({ status: "dlq" })
}

export const processingDepth = Metric.gauge("mutt_moog_processing_list_depth", {
  description: "Alerts this forwarder holds now: claimed and not settled."
})
export const queueDepth = Metric.gauge("mutt_moog_queue_depth", {
  description: "Alerts not delivered yet, of all forwarders: due, parked, claimed and waiting behind another; take max."
})
export const deadLetterDepth = Metric.gauge("mutt_moog_dlq_depth", {
  description: "Alerts kept as dead letters; take max."
})
const deliveryBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600]
export const deliveryDelay = latencyHistogram("mutt_moog_delivery_delay_seconds", {
  description:
    "From an event's arrival, by the ingestor's clock, to the delivery of its alert, by this program's; at least 0.",
  boundaries: deliveryBoundaries
})
export const deliveryDelayClosed = Metric.histogram("mutt_moog_delivery_delay_breaker_closed_seconds", {
  description:
    "As mutt_moog_delivery_delay_seconds, without the time that the circuit breaker was open meanwhile, as far as this program saw it.",
  boundaries: deliveryBoundaries
})
export const lostLeases = Metric.counter("mutt_moog_lost_leases_total", {
  description: "Tries whose outcome came after their claim had run out; the alert was or will be tried again.",
  incremental: true
})

const breaker = { name: "moogsoft" }
export const breakerState = Metric.gauge("mutt_circuit_breaker_state", {
  description: "Shared circuit breaker: 0 closed, 1 half open (a probe is under way), 2 open; take max.",
  attributes: breaker
})
export const breakerFailures = Metric.gauge("mutt_circuit_breaker_failures", {
  description: "Failures in a row that the circuit breaker has counted; take max.",
  attributes: breaker
})
export const breakerChanges = Metric.counter("mutt_circuit_breaker_state_changes_total", {
  description: "Changes of the circuit breaker's state that this forwarder saw.",
  incremental: true,
  attributes: breaker
})

/** Series that are there from the start, so that a rate over them sees the first increase. */
export const beginAtZero = Effect.forEach(
  [
    ...Object.values(requests),
    processed.success,
    processed.error,
    processed.dlq,
    rateLimitHits,
    lostLeases,
    processingDepth,
    breakerFailures
  ],
  (metric: Metric.Metric<number, unknown>) => Metric.update(metric, 0),
  { discard: true }
).pipe(Effect.andThen(Metric.value(deliveryDelay)), Effect.andThen(Metric.value(deliveryDelayClosed)))

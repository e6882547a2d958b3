import { Effect, Metric } from "effect"
import { counters } from "../../layers/telemetry/counters.ts"
import { latencyHistogram } from "../../layers/telemetry/latencyHistogram.ts"
import type { Cause } from "../../src/domain/Decision.ts"

const processedTotal = counters(
  "mutt_alerter_events_processed_total",
  "Events settled, by status: handled (a rule matched), unhandled (none did), poison (dead letter: it cannot be read or stored), error (dead letter: deciding about it broke)."
)
export const processed = {
  handled: processedTotal({ status: "handled" }),
  unhandled: processedTotal({ status: "unhandled" }),
  poison: processedTotal({ status: "poison" }),
  error: processedTotal({ status: "error" })
}

export const alertsForwarded = Metric.counter("mutt_alerter_alerts_forwarded_total", {
  description: "Alerts handed over to the forwarder, meta-alerts included.",
  incremental: true
})
export const metaAlerts = Metric.counter("mutt_alerter_unhandled_meta_alerts_total", {
  description: "Meta-alerts handed over: like messages without a rule came too often.",
  incremental: true
})
export const repeatedEvents = Metric.counter("mutt_alerter_repeated_events_total", {
  description: "Events that somebody else had settled already; the work on them had no effect.",
  incremental: true
})
export const reclaimedEvents = Metric.counter("mutt_alerter_reclaimed_events_total", {
  description: "Events taken over from an alerter that held them too long.",
  incremental: true
})

export const batchSeconds = latencyHistogram("mutt_alerter_processing_latency_seconds", {
  description: "From reading a batch of events to settling it.",
  boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
})
export const eventDelay = latencyHistogram("mutt_alerter_event_delay_seconds", {
  description:
    "From the arrival of each event, by the ingestor's clock, to settling it, by this program's; at least 0.",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
})
const writeMilliseconds = Metric.histogram("mutt_db_write_latency_ms", {
  description:
    "Storing the decisions of one batch in PostgreSQL, in milliseconds. It goes in the next minor version: use mutt_db_write_seconds.",
  boundaries: [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]
})

const writeSeconds = Metric.histogram("mutt_db_write_seconds", {
  description: "Storing the decisions of one batch in PostgreSQL.",
  boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
})
export const writeTook = (ms: number) =>
  Effect.andThen(Metric.update(writeSeconds, ms / 1_000), Metric.update(writeMilliseconds, ms))

export const reloadSeconds = Metric.histogram("mutt_alerter_cache_reload_latency_seconds", {
  description: "Reading and compiling the rules.",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})
export const reloadFailures = Metric.counter("mutt_alerter_cache_reload_failures_total", {
  description: "Looks at the rules that failed; those in force stayed in force.",
  incremental: true
})
export const rulesCount = Metric.gauge("mutt_alerter_cache_rules_count", { description: "Active rules in force." })
export const unusableRules = Metric.gauge("mutt_alerter_cache_unusable_rules_count", {
  description: "Active rules that match nothing because their pattern or OID cannot be used."
})
export const devHostsCount = Metric.gauge("mutt_alerter_cache_dev_hosts_count", {
  description: "Development hosts and patterns of them in force."
})
export const teamsCount = Metric.gauge("mutt_alerter_cache_teams_count", {
  description: "Teams of hosts and of patterns of hosts in force."
})
export const rulesVersion = Metric.gauge("mutt_alerter_cache_version", {
  description: "Version of the rules, hosts and teams in force."
})

export const silencesCount = Metric.gauge("mutt_alerter_silences_count", {
  description: "Silences that are read: those that may hold an event back, and those that ended in the last 30 days."
})
export const silencesVersion = Metric.gauge("mutt_alerter_silences_version", {
  description: "Version of the silences in force."
})
export const silencesReloadFailures = Metric.counter("mutt_alerter_silences_reload_failures_total", {
  description: "Looks at the silences that failed; those in force stayed in force.",
  incremental: true
})
const suppressedTotal = counters(
  "mutt_alerter_suppressed_total",
  "Events held back, by cause: handling (their rule keeps only the record), canary, silence. One whose batch is done again counts again."
)
export const suppressed = {
  handling: suppressedTotal({ cause: "handling" }),
  canary: suppressedTotal({ cause: "canary" }),
  silence: suppressedTotal({ cause: "silence" })
} satisfies Readonly<Record<Cause, unknown>>

export const processingDepth = Metric.gauge("mutt_alerter_processing_list_depth", {
  description: "Events this alerter has read and not settled yet."
})
export const alertDepth = Metric.gauge("mutt_alerter_queue_depth", {
  description: "Alerts that wait for delivery, by which the alerter sheds load; take max."
})
export const eventDepth = Metric.gauge("mutt_alerter_events_waiting", {
  description: "Accepted events that are not settled yet, of all alerters; take max."
})
export const oldestEventSeconds = Metric.gauge("mutt_alerter_oldest_event_seconds", {
  description: "Age of the oldest event that is not settled yet, by the clock of Redis alone; take max."
})
export const deadLetterDepth = Metric.gauge("mutt_alerter_dlq_depth", {
  description: "Events kept as dead letters; take max."
})

const shedTotal = counters(
  "mutt_alerter_shed_events_total",
  "Above the shed threshold, by mode: dlq (events kept as dead letters), defer (times reading was put off)."
)
export const shed = {
  dlq: shedTotal({ mode: "dlq" }),
  defer: shedTotal({ mode: "defer" })
}

/** Series that are there from the start, so that a rate over them sees the first increase. */
export const beginAtZero = Effect.forEach(
  [
    ...Object.values(processed),
    ...Object.values(suppressed),
    ...Object.values(shed),
    reloadFailures,
    silencesReloadFailures
  ],
  (metric) => Metric.update(metric, 0),
  { discard: true }
)

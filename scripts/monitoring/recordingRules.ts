import { type Objective, objectives } from "../../src/domain/Objective.ts"
import { rateOf, ratioOf, windows } from "../../src/logic/objectiveQueries.ts"

export interface Recording {
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

/** The part of a histogram that is over a bound. */
const slower = (histogram: string, le: string) =>
  `sum(rate(${histogram}_count[5m])) - sum(rate(${histogram}_bucket{le="${le}"}[5m]))`

/** Requests of senders, by what HTTP answered: so a defect and a program that shuts down count too. */
const answered = (status = "") =>
  `sum(rate(mutt_http_requests_total{method=~"POST|PUT", route=~".*/ingest"${status}}[5m]))`
/** A sender over its own rate gets the 503 that was configured for it. */
const overRate = "(sum(rate(mutt_ingest_requests_total{reason=\"rate_limit\"}[5m])) or vector(0))"

/** How many there are a second, and how many of them are bad. */
const counted: Readonly<Record<Objective["name"], { readonly all: string; readonly bad: string }>> = {
  intake: {
    all: `${answered()} - ${overRate}`,
    bad: `(${answered(", status=~\"5..\"")} or vector(0)) - ${overRate}`
  },
  decided: {
    all: "sum(rate(mutt_alerter_event_delay_seconds_count[5m]))",
    bad: slower("mutt_alerter_event_delay_seconds", "5.0")
  },
  delivered: {
    all: "sum(rate(mutt_moog_delivery_delay_breaker_closed_seconds_count[5m]))",
    bad: slower("mutt_moog_delivery_delay_breaker_closed_seconds", "60.0")
  },
  settings: {
    all: "sum(rate(mutt_config_rollout_seconds_count[5m]))",
    bad: slower("mutt_config_rollout_seconds", "1.0")
  }
}

const ratios = ({ name }: Objective): ReadonlyArray<Recording> => {
  const [all, bad] = [rateOf(name, "all"), rateOf(name, "bad")]
  return [
    { record: all, expr: counted[name].all },
    { record: bad, expr: counted[name].bad },
    ...windows.map((window) => ({
      record: ratioOf(name, window),
      expr: window === "5m"
        ? `clamp_min(${bad} / (${all} > 0), 0)`
        : `clamp_min(avg_over_time(${bad}[${window}]) / (avg_over_time(${all}[${window}]) > 0), 0)`
    }))
  ]
}

/** Names that dashboards of MUTT 2 ask for. Its windows were 5 minutes, an hour and a day. */
const oldWindows = ["5m", "1h", "24h"] as const
const aliases: ReadonlyArray<Recording> = oldWindows.flatMap((window) => [
  {
    record: `mutt:slo:ingestor_availability:${window}`,
    expr: `1 - avg_over_time(mutt:slo:intake:bad_rate5m[${window}])
  / (avg_over_time(mutt:slo:intake:all_rate5m[${window}]) > 0)`
  },
  {
    record: `mutt:slo:ingestor_latency_p99:${window}`,
    expr: `histogram_quantile(0.99, sum by (le) (rate(mutt_ingest_latency_seconds_bucket[${window}])))`
  },
  {
    record: `mutt:slo:forwarder_availability:${window}`,
    expr: `sum(rate(mutt_moog_requests_total{status="success"}[${window}]))
  / (sum(rate(mutt_moog_requests_total[${window}])) > 0)`
  },
  {
    record: `mutt:slo:forwarder_latency_p99:${window}`,
    expr: `histogram_quantile(0.99, sum by (le) (rate(mutt_moog_request_latency_seconds_bucket[${window}])))`
  },
  {
    // An event without a rule was processed too; MUTT 2 took it for a failure.
    record: `mutt:slo:alerter_processing_success:${window}`,
    expr: `sum(rate(mutt_alerter_events_processed_total{status=~"handled|unhandled"}[${window}]))
  / (sum(rate(mutt_alerter_events_processed_total[${window}])) > 0)`
  },
  {
    record: `mutt:slo:alerter_cache_reload_success:${window}`,
    expr: `sum(rate(mutt_alerter_cache_reload_latency_seconds_count[${window}]))
  / (sum(rate(mutt_alerter_cache_reload_latency_seconds_count[${window}]))
    + (sum(rate(mutt_alerter_cache_reload_failures_total[${window}])) or vector(0)) > 0)`
  }
])

const burn = (component: string, slo: string, budget: number): Recording => ({
  record: `mutt:slo:${component}_error_budget_burn_rate:1h`,
  expr: `(1 - mutt:slo:${slo}:1h) / ${budget}`
})

export const recordingGroups: Readonly<Record<string, ReadonlyArray<Recording>>> = {
  "mutt-slo": objectives.flatMap(ratios),
  "mutt-slo-of-mutt-2": [
    ...aliases,
    burn("ingestor", "ingestor_availability", 0.001),
    burn("forwarder", "forwarder_availability", 0.005),
    burn("alerter", "alerter_processing_success", 0.001)
  ]
}

import { Metric } from "effect"
import { counters } from "../telemetry/counters.ts"

export const requestsTotal = counters(
  "mutt_http_requests_total",
  "HTTP requests answered, by method, route and status."
)

export const requestSeconds = (attributes: Readonly<Record<string, string>>) =>
  Metric.histogram("mutt_http_request_duration_seconds", {
    description: "Time from a request's headers to its answer, by method and route.",
    boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    attributes
  })

export const connections = Metric.gauge("mutt_http_connections", { description: "Open HTTP connections." })
export const connectionsClosedTotal = counters(
  "mutt_http_connections_closed_total",
  "HTTP connections closed or refused by the server, by reason: what it waited for too long (header, body, request, answer, idle, half_closed), unreadable, or too many (evicted, peer_limit, full)."
)

export const authFailuresTotal = Metric.counter("mutt_auth_failures_total", {
  description:
    "Requests refused for their key: missing, unknown, sent from another source than it is good from, or of a role that may not do this.",
  incremental: true
})
export const authLimitedTotal = Metric.counter("mutt_auth_limited_total", {
  description: "Requests refused with 429: without a good key, from an address that had sent too many such.",
  incremental: true
})

export const configVersion = Metric.gauge("mutt_config_version", {
  description: "Version of the dynamic settings in force."
})
export const configAgeSeconds = Metric.gauge("mutt_config_age_seconds", {
  description: "Seconds since the dynamic settings were last confirmed."
})
export const configStale = Metric.gauge("mutt_config_stale", {
  description: "1 while the dynamic settings are the last known good because their store does not answer."
})
export const secretsAgeSeconds = Metric.gauge("mutt_secrets_age_seconds", {
  description: "Seconds since the secret store was last read."
})
export const secretsStale = Metric.gauge("mutt_secrets_stale", {
  description: "1 while the last read of the secret store failed; the secrets read before are in use."
})
export const ready = Metric.gauge("mutt_ready", {
  description: "1 while this program can do its job, as in /readyz."
})
export const checkState = Metric.gauge("mutt_check_state", {
  description: "State of each thing the program stands on: 0 ok, 1 degraded, 2 down."
})
export const buildInfo = Metric.gauge("mutt_build_info", {
  description: "Always 1; the labels say what runs."
})

export const reportsFailed = Metric.counter("mutt_process_reports_failed_total", {
  description: "Reports of this process, for the list of all that run, which Redis did not take.",
  incremental: true
})

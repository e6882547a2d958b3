import { Metric } from "effect"

export const requestsTotal = Metric.counter("mutt_moog_requests_total", {
  description: "Requests to the platform, by status (success, fail) and reason.",
  incremental: true
})

export const requestSeconds = Metric.histogram("mutt_moog_request_latency_seconds", {
  description: "Time from sending a request to the platform to its answer; requests without an answer are not in it.",
  boundaries: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
})

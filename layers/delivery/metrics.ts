import { Metric } from "effect"

const requestsTotal = Metric.counter("mutt_moog_requests_total", {
  description: "Requests to the platform, by status (success, fail) and reason.",
  incremental: true
})

const failed = (reason: string) => Metric.withAttributes(requestsTotal, { status: "fail", reason })
export const requests = {
  success: Metric.withAttributes(requestsTotal, { status: "success", reason: "" }),
  rate_limit: failed("rate_limit"),
  http: failed("http"),
  timeout: failed("timeout"),
  connection: failed("connection"),
  gateway: failed("gateway"),
  refused_key: failed("refused_key")
}

export const requestSeconds = Metric.histogram("mutt_moog_request_latency_seconds", {
  description: "Time from sending a request to the platform to its answer; requests without an answer are not in it.",
  boundaries: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
})

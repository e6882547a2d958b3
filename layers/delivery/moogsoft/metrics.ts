import { counters } from "../../telemetry/counters.ts"
import { latencyHistogram } from "../../telemetry/latencyHistogram.ts"

const requestsTotal = counters(
  "mutt_moog_requests_total",
  "Requests to the platform, by status (success, fail) and reason."
)
const failed = (reason: string) => requestsTotal({ status: "fail", reason })

export const requests = {
  success: requestsTotal({ status: "success", reason: "" }),
  rate_limit: failed("rate_limit"),
  http: failed("http"),
  timeout: failed("timeout"),
  connection: failed("connection"),
  gateway: failed("gateway"),
  refused_key: failed("refused_key")
}

export const requestSeconds = latencyHistogram("mutt_moog_request_latency_seconds", {
  description: "Time from sending a request to the platform to its answer; requests without an answer are not in it.",
  boundaries: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
})

import { Clock, Effect, Metric } from "effect"

const apiRequests = Metric.counter("mutt_webui_api_requests_total", {
  description: "API requests, by endpoint and status (success, client_error, error).",
  incremental: true
})

const apiLatency = Metric.histogram("mutt_webui_api_latency_seconds", {
  description: "Time to answer an API request, by endpoint.",
  boundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
})

const dbQueryLatency = Metric.histogram("mutt_webui_db_query_latency_ms", {
  description:
    "Time of a database operation in milliseconds, by operation. It goes in the next minor version: use mutt_webui_db_query_seconds.",
  boundaries: [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]
})

const dbQuerySeconds = Metric.histogram("mutt_webui_db_query_seconds", {
  description: "Time of a database operation, by operation.",
  boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
})

export const streamsOpen = Metric.gauge("mutt_webui_streams_open", {
  description: "Streams of settings, of events and of topics that are open."
})

const streamsRefusedTotal = Metric.counter("mutt_webui_streams_refused_total", {
  description: "Streams refused because as many are open as may be: of that key, or in all.",
  incremental: true
})
export const streamsRefused = (reason: "key" | "all") => Metric.withAttributes(streamsRefusedTotal, { reason })

const streamsEndedTotal = Metric.counter("mutt_webui_streams_ended_total", {
  description: "Streams ended by us: their key was gone, or their age was the highest.",
  incremental: true
})
export const streamsEnded = (reason: "key" | "age") => Metric.withAttributes(streamsEndedTotal, { reason })

const logins = Metric.counter("mutt_webui_logins_total", {
  description: "Logins of the console, by key, link or oidc, and those that were refused.",
  incremental: true
})
export const loginsTotal = (result: "key" | "link" | "oidc" | "refused") => Metric.withAttributes(logins, { result })

export const tailsOpen = Metric.gauge("mutt_webui_event_tails_open", {
  description: "Tails of events that are open."
})

export const tailsSkipped = Metric.counter("mutt_webui_event_tail_skipped_total", {
  description: "Events that were not told to a tail because its reader was too slow.",
  incremental: true
})

export const flowLooksFailed = Metric.counter("mutt_webui_flow_looks_failed_total", {
  description: "Looks at the queue for what goes through that failed; there is one each second.",
  incremental: true
})

export const fleetLooksFailed = Metric.counter("mutt_webui_fleet_looks_failed_total", {
  description: "Looks at the reports of all processes that failed; only addresses were asked then.",
  incremental: true
})

const topicLooksFailedTotal = Metric.counter("mutt_webui_topic_looks_failed_total", {
  description: "Looks for the streams of topics that failed, by what was looked at; their readers are told so.",
  incremental: true
})
export const topicLooksFailed = (source: string) => Metric.withAttributes(topicLooksFailedTotal, { source })

const measured = <A, E, R>(effect: Effect.Effect<A, E, R>, record: (nanos: number) => Effect.Effect<void>) =>
  Effect.gen(function*() {
    const started = yield* Clock.monotonicTimeNanos
    return yield* Effect.ensuring(
      effect,
      Effect.flatMap(Clock.monotonicTimeNanos, (ended) => record(Number(ended - started)))
    )
  })

/** Records how long a database operation takes, failed or not. */
export const dbQueryTimed = (operation: string) => {
  const millis = Metric.withAttributes(dbQueryLatency, { operation })
  const seconds = Metric.withAttributes(dbQuerySeconds, { operation })
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    measured(
      effect,
      (nanos) => Effect.andThen(Metric.update(seconds, nanos / 1e9), Metric.update(millis, nanos / 1e6))
    )
}

/** Records how long a request takes. `endpoint` is the first word of the path after the version. */
export const apiTimed = (endpoint: string) => {
  const latency = Metric.withAttributes(apiLatency, { endpoint })
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    measured(effect, (nanos) => Metric.update(latency, nanos / 1e9))
}

export const apiCounted = (endpoint: string, status: "success" | "client_error" | "error") =>
  Metric.update(Metric.withAttributes(apiRequests, { endpoint, status }), 1)

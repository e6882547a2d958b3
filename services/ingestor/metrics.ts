import { type Context, Effect, Metric } from "effect"
import { counters } from "../../layers/telemetry/counters.ts"
import { latencyHistogram } from "../../layers/telemetry/latencyHistogram.ts"
import { DecodeNote, type EventSource, QuarantineReason } from "../../src/domain/Event.ts"

const requestsTotal = counters(
  "mutt_ingest_requests_total",
  "Requests to the intake, by outcome: success, or fail with the reason."
)

/** How a request ended. `""` is success; the others are the original's words where it had one. */
export type RequestOutcome =
  | ""
  | "auth"
  | "queue_full"
  | "redis"
  | "rate_limit"
  | "too_large"
  | "overloaded"
  | "key_refused"
  | "aborted"

const request = (reason: RequestOutcome) => requestsTotal({ status: reason === "" ? "success" : "fail", reason })

export const requests: Readonly<Record<RequestOutcome, Metric.Counter<number>>> = {
  "": request(""),
  auth: request("auth"),
  queue_full: request("queue_full"),
  redis: request("redis"),
  rate_limit: request("rate_limit"),
  too_large: request("too_large"),
  overloaded: request("overloaded"),
  key_refused: request("key_refused"),
  aborted: request("aborted")
}

const eventsTotal = counters("mutt_ingest_events_total", "Events stored in the queue, by source.")
export const events: Readonly<Record<EventSource, Metric.Counter<number>>> = {
  http: eventsTotal({ source: "http" }),
  syslog: eventsTotal({ source: "syslog" }),
  snmp: eventsTotal({ source: "snmp" })
}

type ByReason = ReadonlyMap<QuarantineReason, Metric.Counter<number>>
const byReason = (total: (attributes: { readonly reason: string }) => Metric.Counter<number>): ByReason =>
  new Map(QuarantineReason.literals.map((reason) => [reason, total({ reason })]))

export const quarantined = byReason(counters(
  "mutt_ingest_quarantined_total",
  "Records that could not become events and are kept with the reason."
))
export const overShare = byReason(counters(
  "mutt_quarantine_over_share_total",
  "Records that could not become events and are not kept: their origin was over its share of the quarantine."
))

/** How records come in. */
export type Entrance = "http" | "trap" | "tcp" | "udp"
const decoderFailuresTotal = counters(
  "mutt_ingest_decoder_failures_total",
  "Records that made a decoder throw and are quarantined as decoder_failed, by the door that they came in by. Any is a fault of MUTT."
)
export const decoderFailures: Readonly<Record<Entrance, Metric.Counter<number>>> = {
  http: decoderFailuresTotal({ door: "http" }),
  trap: decoderFailuresTotal({ door: "trap" }),
  tcp: decoderFailuresTotal({ door: "tcp" }),
  udp: decoderFailuresTotal({ door: "udp" })
}

const partialTotal = counters(
  "mutt_ingest_decode_partial_total",
  "Events stored although they were understood in part only, by what was not; see GET /api/v1/decode-report."
)
/** One for each value of an event's `decode`. */
export const partial: ReadonlyMap<string, Metric.Counter<number>> = new Map(
  DecodeNote.literals.map((what) => [what, partialTotal({ what })])
)

export const queueDepth = Metric.gauge("mutt_ingest_queue_depth", {
  description: "Events waiting for the alerter or in its hands; take max."
})
export const queueBytes = Metric.gauge("mutt_ingest_queue_bytes", {
  description: "Bytes of the events waiting for the alerter or in its hands; take max."
})
export const waitingBytes = Metric.gauge("mutt_ingest_waiting_bytes", {
  description: "Bytes of request bodies that are read and not answered yet."
})
export const latency = latencyHistogram("mutt_ingest_latency_seconds", {
  description: "Time from a request's headers to its events being stored.",
  boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
})
export const rateLimitHits = Metric.counter("mutt_ingest_rate_limit_hits_total", {
  description: "Appends refused because their sender was over ingest_max_rate.",
  incremental: true
})
export const unreplicated = Metric.counter("mutt_ingest_unreplicated_total", {
  description: "Batches answered with 503 because replicas did not confirm them in time; they may be stored.",
  incremental: true
})
export const appendSize = Metric.histogram("mutt_ingest_append_events", {
  description: "Events stored by one call to Redis.",
  boundaries: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]
})

type Transport = "udp" | "tcp" | "tls"
const syslogReceived = counters("mutt_syslog_received_total", "Syslog messages read from the network.")
export const received: Readonly<Record<Transport, Metric.Counter<number>>> = {
  udp: syslogReceived({ transport: "udp" }),
  tcp: syslogReceived({ transport: "tcp" }),
  tls: syslogReceived({ transport: "tls" })
}
const syslogDropped = counters(
  "mutt_syslog_dropped_total",
  "Syslog messages lost: by the kernel because its buffer was full, or here because the queue took none for too long."
)
export const dropped = {
  kernel: syslogDropped({ transport: "udp", reason: "kernel" }),
  held: syslogDropped({ transport: "udp", reason: "hold_full" }),
  shutdown: syslogDropped({ transport: "udp", reason: "shutdown" })
}
export const heldBytes = Metric.gauge("mutt_syslog_held_bytes", {
  description: "Bytes of syslog datagrams that are read and not stored yet."
})
export const receiveBuffer = Metric.gauge("mutt_syslog_receive_buffer_bytes", {
  description: "Receive buffer that the kernel granted to the UDP socket."
})
const openConnections = Metric.gauge("mutt_syslog_connections", {
  description: "Open syslog connections, by transport."
})
export const connections = {
  tcp: Metric.withAttributes(openConnections, { transport: "tcp" }),
  tls: Metric.withAttributes(openConnections, { transport: "tls" })
}
export const connectionsRefused = Metric.counter("mutt_syslog_connections_refused_total", {
  description: "Syslog connections closed at once because there were too many.",
  incremental: true
})
const syslogClosed = counters(
  "mutt_syslog_connections_closed_total",
  "Syslog connections closed or refused by the ingestor, by reason: what it waited for too long (first_byte, frame, idle), or too many (evicted, peer_limit, full)."
)
export const connectionsClosed = {
  first_byte: syslogClosed({ reason: "first_byte" }),
  frame: syslogClosed({ reason: "frame" }),
  idle: syslogClosed({ reason: "idle" }),
  evicted: syslogClosed({ reason: "evicted" }),
  peer_limit: syslogClosed({ reason: "peer_limit" }),
  full: syslogClosed({ reason: "full" })
}
export const framesCut = Metric.counter("mutt_syslog_frames_cut_total", {
  description: "Syslog frames longer than SYSLOG_TCP_MAX_FRAME, stored without their end.",
  incremental: true
})

/** Creates the series at start, so that a rate over them sees the first increase. */
export const beginAtZero = Effect.forEach(
  [
    ...Object.values(requests),
    ...Object.values(events),
    ...Object.values(received),
    ...Object.values(dropped),
    ...partial.values(),
    ...Object.values(connectionsClosed),
    ...overShare.values(),
    ...Object.values(decoderFailures),
    rateLimitHits,
    unreplicated,
    connectionsRefused,
    framesCut,
    queueDepth,
    queueBytes,
    waitingBytes
  ],
  (metric: Metric.Metric<number, unknown>) => Metric.update(metric, 0),
  { discard: true }
)

/** Counts without a fiber, in the registry of the program. */
export const counting = Effect.map(
  Effect.context<never>(),
  (context: Context.Context<never>) => (metric: Metric.Metric<number, unknown>, amount: number): void =>
    metric.updateUnsafe(amount, context)
)
export type Count = typeof counting extends Effect.Effect<infer A> ? A : never

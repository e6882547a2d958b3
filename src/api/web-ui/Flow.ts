import { Schema } from "effect"

/**
 * What went through in a span of time. Of a second: what happened since the point before, and how it stands at its end.
 * Of a minute: the sum of its seconds, and the worst that was seen, which is the most waiting, the oldest, the fewest
 * tokens.
 */
export const FlowPoint = Schema.Struct({
  /** The end of a second's span, and the beginning of a minute; by the clock of Redis. */
  at: Schema.String,
  /** Length of the span that the counts are of: longer than a second after looks that failed. */
  span_ms: Schema.Int,
  accepted: Schema.Int,
  forwarded: Schema.Int,
  suppressed: Schema.Int,
  unmatched: Schema.Int,
  delivered: Schema.Int,
  /** Events and alerts that became dead letters, less those that were replayed meanwhile; at least 0. */
  failed: Schema.Int,
  quarantined: Schema.Int,
  events_waiting: Schema.Int,
  alerts_waiting: Schema.Int,
  /** How long the oldest event has been in the queue; 0 when none is. */
  oldest_event_ms: Schema.Int,
  /** For how long the alert that is due first could have been delivered; 0 when none is due. */
  overdue_alert_ms: Schema.Int,
  breaker: Schema.Literals(["closed", "half_open", "open"]),
  /** Alerts that may be delivered at once, by the rate limit. */
  tokens: Schema.Finite
}).annotate({ identifier: "FlowPoint" })
export type FlowPoint = typeof FlowPoint.Type

/** The newest of both. */
export const FlowNow = Schema.Struct({
  /** When Redis was read last; `null`: not yet. */
  as_of: Schema.NullOr(Schema.String),
  second: Schema.NullOr(FlowPoint),
  /** The minute under way. */
  minute: Schema.NullOr(FlowPoint)
}).annotate({ identifier: "FlowNow" })
export type FlowNow = typeof FlowNow.Type

/** The flow of events as this web-ui has seen it. Where it could not look there is no point. */
export const Flow = Schema.Struct({
  as_of: FlowNow.fields.as_of,
  /** Why Redis cannot be read now; `null`: it can. */
  unavailable: Schema.NullOr(Schema.String),
  /** Most tokens: `moog_rate_limit`. */
  tokens_most: Schema.Int,
  /** Of 5 minutes, oldest first. */
  seconds: Schema.Array(FlowPoint),
  /** Of 60 minutes, oldest first; the last one is under way. */
  minutes: Schema.Array(FlowPoint)
}).annotate({ identifier: "Flow" })
export type Flow = typeof Flow.Type

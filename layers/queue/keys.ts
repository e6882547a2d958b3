/**
 * Every key of one partition. They share a hash tag, so one script may touch them all and a Redis Cluster may hold several partitions.
 * `stream` is `INGEST_QUEUE_NAME` (default `mutt:{ingest}`); a name without a hash tag gets one.
 */
export const queueKeys = (name: string) => {
  const stream = name.includes("{") ? name : `{${name}}`
  return {
    /** Stream of accepted events, consumer group `alerter`. */
    stream,
    /** Stream of events that could not be processed. */
    dead: `${stream}:dead`,
    /** Stream of records that could not be read at intake. */
    quarantine: `${stream}:quarantine`,
    /** Hash of counters that only grow; see `Books`. */
    books: `${stream}:books`,
    /** Hash: `m:<minute>`, `h:<hour>`, `d:<day>` of the epoch → accepted events. */
    rates: `${stream}:rates`,
    /** Hash: sender → token bucket of intake. */
    senders: `${stream}:senders`,
    /** Hash: fingerprint → count of events without a rule, and sorted set of when each count ends. */
    unhandled: `${stream}:unhandled`,
    unhandledExpiry: `${stream}:unhandled:expiry`,
    /** Hash: alert id → the alert and its attempts. */
    alerts: `${stream}:alerts`,
    /** Sorted set: alert id → when it may be claimed, epoch milliseconds. Only the head of each signature is here. */
    alertsDue: `${stream}:alerts:due`,
    /** Prefix of the lists of alerts that wait behind another of their signature. */
    alertsLane: `${stream}:alerts:lane:`,
    /** Hash of the state of the circuit breaker. */
    breaker: `${stream}:alerts:breaker`,
    /** Hash of the token bucket of delivery. */
    tokens: `${stream}:alerts:tokens`,
    /** Stream of alerts that could not be delivered. */
    alertsDead: `${stream}:alerts:dead`
  }
}
export type QueueKeys = ReturnType<typeof queueKeys>

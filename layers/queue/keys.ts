import { withHashTag } from "../redis/hashTag.ts"

/**
 * Lists every key of one partition. They share a hash tag, so one script may touch them all and a Redis Cluster may
 * hold several partitions. None has a part that is known only at run time: a script can declare all it touches. `name`
 * is `INGEST_QUEUE_NAME` (default `mutt:{ingest}`); a name without a hash tag gets one.
 */
export const queueKeys = (name: string) => {
  const stream = withHashTag(name)
  return {
    /**
     * Stream of accepted events, consumer group `alerter`. Field `e` of an entry is an event, or several of one batch,
     * a line each; `n` is how many, where it is not one. An entry is deleted when all its events are acknowledged.
     */
    stream,
    /** Hash: `format`, the newest in which something may wait; `release`, the version of the program that began it. */
    topology: `${stream}:topology`,
    /** Hash: entry of which some events are acknowledged → a digit for each event, `1` for acknowledged. */
    parts: `${stream}:parts`,
    /** Stream of events that could not be processed. */
    dead: `${stream}:dead`,
    /** Stream of records that could not be decoded: `e` the record, `s` its sender, `p` its peer where it has one. */
    quarantine: `${stream}:quarantine`,
    /** Hash: `all`, `s:<sender>` and `p:<sender> <peer>` → `<records> <bytes>` in quarantine. */
    quarantineShares: `${stream}:quarantine:shares`,
    /** Hash: entry id of a quarantined record that was decoded again in vain → why, as `<reason> <detail>`. */
    quarantineRereads: `${stream}:quarantine:rereads`,
    /**
     * Hash of counters that only grow, see `Books`; and of the stream `waiting` and `waitingBytes`, the events in it
     * and their bytes, and `sharing`, 1 while it is more than half full.
     */
    books: `${stream}:books`,
    /**
     * Hash: `<hour> <f, s or u>` → events received in that hour of the epoch and settled so, as the record has them; and
     * `since`, the hour in which this count began.
     */
    settled: `${stream}:settled`,
    /** Hash: `m:<minute>`, `h:<hour>`, `d:<day>` of the epoch → accepted events. */
    rates: `${stream}:rates`,
    /** Hash: lane of an ingestor → its newest call that appended, as `<number> <epoch ms> <results>`. */
    calls: `${stream}:calls`,
    /** Hash: id of a batch → `<content> <depth> <digits>` of its result; sorted set: id → when, epoch milliseconds. */
    batchIds: `${stream}:batches`,
    batchIdsAt: `${stream}:batches:at`,
    /** Hash: sender → token bucket of intake, as `<tokens> <epoch ms>`. */
    senders: `${stream}:senders`,
    /** Hash: sender → `<events> <bytes>` it put into the upper half of the queue, anew each time that fills. */
    queueShares: `${stream}:shares`,
    /** Hash: fingerprint → count of events without a rule, or `quiet` when their meta-alert was raised. */
    unhandled: `${stream}:unhandled`,
    /** Sorted set: fingerprint → when its count ends, epoch milliseconds. */
    unhandledExpiry: `${stream}:unhandled:expiry`,
    /**
     * Hash. Of each alert `p:<id>` (the payload), `s:<id>` (`<tries>:<lease>:<signature>`) and `a:<id>` (attempts, one
     * line of JSON each); of each signature `h:<signature>`, how many alerts wait behind its first; and the counters
     * `sequence` and `lease`.
     */
    alerts: `${stream}:alerts`,
    /** Sorted set: alert id → when it may be claimed, epoch milliseconds. Only the first of each signature. */
    alertsDue: `${stream}:alerts:due`,
    /** Sorted set of `<SHA-1 of the signature>:<sequence>:<id>`, scores 0: alerts that wait behind another. */
    alertsWaiting: `${stream}:alerts:lanes`,
    /** Set of ids of the newest alerts enqueued, and of those before them. */
    alertsRecent: `${stream}:alerts:recent`,
    alertsEarlier: `${stream}:alerts:earlier`,
    /** Hash of the state of the circuit breaker; absent when it is closed without failures. */
    breaker: `${stream}:alerts:breaker`,
    /** Hash of the token bucket of delivery. */
    tokens: `${stream}:alerts:tokens`,
    /** Hash: host whose messages were not understood whole → when, how often, in what way, and the newest of them. */
    misread: `${stream}:misread`,
    /** Hash: operation → ids of dead letters that it moved, JSON; sorted set: operation → when, epoch ms. */
    moves: `${stream}:dead:moves`,
    movesAt: `${stream}:dead:moves:at`,
    /** Stream of alerts that could not be delivered. */
    alertsDead: `${stream}:alerts:dead`,
    /**
     * Stream of deliveries until they are in the database. `t`: when, epoch ms; `d`: a line for each alert, `<id> <tries>`;
     * `a:<id>`: its attempts before, a line of JSON each.
     */
    alertsDelivered: `${stream}:alerts:delivered`
  }
}
export type QueueKeys = ReturnType<typeof queueKeys>

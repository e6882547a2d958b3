import { DateTime } from "effect"
import type { BooksPage, FlowReading } from "../../../layers/queue/Books.ts"
import type { FlowPoint } from "../../../src/api/web-ui/Flow.ts"

/** How many tokens there may be, and in how many milliseconds so many come. */
export interface RateLimit {
  readonly most: number
  readonly periodMs: number
}

const spans = { secondsMs: 300_000, minutesMs: 3_600_000 } as const
const minuteMs = 60_000

/** Worse ones have higher numbers. */
const breakerRank = { closed: 0, half_open: 1, open: 2 } as const

interface Placed {
  /** Epoch milliseconds of `at`. */
  readonly ms: number
  readonly point: FlowPoint
}

/** Keeps what went through between readings of the queue: by second of 5 minutes, and by minute of an hour. */
export class FlowPoints {
  #before: FlowReading | undefined
  #seconds: Array<Placed> = []
  #minutes: Array<Placed> = []

  get newest(): FlowReading | undefined {
    return this.#before
  }

  get second(): FlowPoint | null {
    return this.#seconds.at(-1)?.point ?? null
  }

  get minute(): FlowPoint | null {
    return this.#minutes.at(-1)?.point ?? null
  }

  get seconds(): ReadonlyArray<FlowPoint> {
    return this.#seconds.map(({ point }) => point)
  }

  get minutes(): ReadonlyArray<FlowPoint> {
    return this.#minutes.map(({ point }) => point)
  }

  /** Adds a reading. One that counts less than the one before begins anew: the server lost what it had. */
  add(reading: FlowReading, limit: RateLimit): void {
    const before = this.#before
    this.#before = reading
    if (before === undefined || reading.at <= before.at) return
    const point = pointOf(before, reading, limit)
    if (point === undefined) return
    this.#seconds.push({ ms: reading.at, point })
    const minute = Math.floor(reading.at / minuteMs) * minuteMs
    const under = this.#minutes.at(-1)
    if (under?.ms === minute) {
      this.#minutes[this.#minutes.length - 1] = { ms: minute, point: together(under.point, point) }
    } else {
      this.#minutes.push({ ms: minute, point: { ...point, at: time(minute) } })
    }
    // By age and not by number: after an outage no point is older than is said, and a clock set back leaves none ahead.
    this.#seconds = this.#seconds.filter(({ ms }) => ms > reading.at - spans.secondsMs && ms <= reading.at)
    this.#minutes = this.#minutes.filter(({ ms }) => ms > minute - spans.minutesMs && ms <= minute)
  }
}

const time = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

const counted = ["accepted", "forwarded", "suppressed", "unmatched", "delivered", "quarantined"] as const

/** All that is dead or was discarded; replayed ones are not in it any more. */
const fallen = (page: BooksPage): number =>
  page.eventsDead + page.eventsDiscarded + page.alertsDead + page.alertsDiscarded

const pointOf = (before: FlowReading, now: FlowReading, limit: RateLimit): FlowPoint | undefined => {
  if (counted.some((counter) => now.page[counter] < before.page[counter])) return undefined
  const since = (counter: (typeof counted)[number]) => now.page[counter] - before.page[counter]
  return {
    at: time(now.at),
    span_ms: now.at - before.at,
    accepted: since("accepted"),
    forwarded: since("forwarded"),
    suppressed: since("suppressed"),
    unmatched: since("unmatched"),
    delivered: since("delivered"),
    failed: Math.max(0, fallen(now.page) - fallen(before.page)),
    quarantined: since("quarantined"),
    events_waiting: now.page.eventsWaiting,
    alerts_waiting: now.page.alertsWaiting,
    oldest_event_ms: now.oldestEventMs,
    overdue_alert_ms: now.overdueAlertMs,
    breaker: now.breaker,
    tokens: tokensOf(now, limit)
  }
}

/** Tokens at the time of the reading, as a claim would find them. */
const tokensOf = ({ at, bucket }: FlowReading, { most, periodMs }: RateLimit): number =>
  bucket === undefined
    ? most
    : Math.floor(Math.min(most, bucket.left + Math.max(0, at - bucket.at) * most / periodMs) * 10) / 10

const together = (a: FlowPoint, b: FlowPoint): FlowPoint => ({
  at: a.at,
  span_ms: a.span_ms + b.span_ms,
  accepted: a.accepted + b.accepted,
  forwarded: a.forwarded + b.forwarded,
  suppressed: a.suppressed + b.suppressed,
  unmatched: a.unmatched + b.unmatched,
  delivered: a.delivered + b.delivered,
  failed: a.failed + b.failed,
  quarantined: a.quarantined + b.quarantined,
  events_waiting: Math.max(a.events_waiting, b.events_waiting),
  alerts_waiting: Math.max(a.alerts_waiting, b.alerts_waiting),
  oldest_event_ms: Math.max(a.oldest_event_ms, b.oldest_event_ms),
  overdue_alert_ms: Math.max(a.overdue_alert_ms, b.overdue_alert_ms),
  breaker: breakerRank[a.breaker] > breakerRank[b.breaker] ? a.breaker : b.breaker,
  tokens: Math.min(a.tokens, b.tokens)
})

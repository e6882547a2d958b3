import { Effect, Layer } from "effect"
import { Books, type BooksPage } from "./Books.ts"
import { rateSpans } from "./limits.ts"
import { redisQueue } from "./redisQueue.ts"
import { hash, int, list } from "./replies.ts"
import { booksPage, intakeRates } from "./scripts/readings.ts"

export const BooksRedis = (queueName: string) =>
  Layer.effect(
    Books,
    Effect.gen(function*() {
      const { run } = yield* redisQueue(queueName)
      return Books.of({
        page: Effect.map(run(booksPage, []), pageOf),
        rates: Effect.map(run(intakeRates, []), (reply) => {
          const [at, fields] = list(reply)
          return ratesOf(int(at), hash(fields))
        })
      })
    })
  )

const pageOf = (reply: unknown): BooksPage => {
  const [counters, ...held] = list(reply)
  const counted = hash(counters)
  const count = (name: keyof BooksPage) => int(counted.get(name) ?? "0")
  const [eventsWaiting = 0, eventsDead = 0, alertsWaiting = 0, alertsDead = 0, quarantineHeld = 0] = held.map(int)
  return {
    accepted: count("accepted"),
    quarantined: count("quarantined"),
    forwarded: count("forwarded"),
    suppressed: count("suppressed"),
    unmatched: count("unmatched"),
    metaAlerts: count("metaAlerts"),
    delivered: count("delivered"),
    eventsWaiting,
    eventsDead,
    eventsDiscarded: count("eventsDiscarded"),
    alertsWaiting,
    alertsDead,
    alertsDiscarded: count("alertsDiscarded"),
    quarantineHeld,
    quarantineDiscarded: count("quarantineDiscarded"),
    quarantineTrimmed: count("quarantineTrimmed")
  }
}

/** The spans up to `at`; a minute or hour without a field had no events. */
export const ratesOf = (at: number, fields: ReadonlyMap<string, string | number>) => {
  const span = (kind: string, length: number, millis: number) => {
    const last = Math.floor(at / millis)
    return Array.from({ length }, (_, index) => Number(fields.get(`${kind}:${last - length + 1 + index}`) ?? 0))
  }
  return { minutes: span("m", rateSpans.minutes, 60_000), hours: span("h", rateSpans.hours, 3_600_000), at }
}

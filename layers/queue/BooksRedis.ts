import { Effect, Layer } from "effect"
import { Books, type BooksPage } from "./Books.ts"
import { ratesOf } from "./rates.ts"
import { redisQueue } from "./redisQueue.ts"
import { hash, int, list } from "./replies.ts"
import { booksPage, intakeRates } from "./scripts.ts"

export const BooksRedis = (queueName: string) =>
  Layer.effect(
    Books,
    Effect.gen(function*() {
      const { run } = yield* redisQueue(queueName)
      return Books.of({
        page: Effect.map(run(booksPage.call({})), pageOf),
        rates: Effect.map(run(intakeRates.call({})), (reply) => {
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
  const [
    eventsWaiting = 0,
    eventsWaitingBytes = 0,
    eventsDead = 0,
    alertsWaiting = 0,
    alertsDead = 0,
    quarantineHeld = 0
  ] = held.map(int)
  return {
    accepted: count("accepted"),
    quarantined: count("quarantined"),
    forwarded: count("forwarded"),
    suppressed: count("suppressed"),
    unmatched: count("unmatched"),
    metaAlerts: count("metaAlerts"),
    delivered: count("delivered"),
    eventsWaiting,
    eventsWaitingBytes,
    eventsDead,
    eventsDiscarded: count("eventsDiscarded"),
    alertsWaiting,
    alertsDead,
    alertsDiscarded: count("alertsDiscarded"),
    quarantineHeld,
    quarantineReplayed: count("quarantineReplayed"),
    quarantineDiscarded: count("quarantineDiscarded"),
    quarantineTrimmed: count("quarantineTrimmed"),
    quarantineOverShare: count("quarantineOverShare")
  }
}

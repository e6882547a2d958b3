import { Effect, Layer } from "effect"
import { Books, type BooksPage, booksPage, type FlowReading } from "./Books.ts"
import { ratesOf } from "./rates.ts"
import { redisQueue } from "./redisQueue.ts"
import { breakerState, hash, int, list } from "./replies.ts"
import * as scripts from "./scripts.ts"
import { settledOf } from "./settled.ts"

export const BooksRedis = (queueName: string) =>
  Layer.effect(
    Books,
    Effect.gen(function*() {
      const { run, runDurably } = yield* redisQueue(queueName)
      return Books.of({
        page: Effect.map(run(scripts.booksPage.call({})), pageOf),
        flow: Effect.map(run(scripts.flow.call({})), flowOf),
        rates: Effect.map(run(scripts.intakeRates.call({})), (reply) => {
          const [at, fields] = list(reply)
          return ratesOf(int(at), hash(fields))
        }),
        settledByHour: Effect.map(run(scripts.settledPage.call({})), (reply) => {
          const [at, oldest, fields] = list(reply)
          return settledOf(int(at), int(oldest), hash(fields))
        }),
        reset: Effect.map(runDurably(scripts.resetBooks.call({})), (reply) => {
          const [before, after] = list(reply)
          return { before: pageOf(before), after: pageOf(after) }
        })
      })
    })
  )

const flowOf = (reply: unknown): FlowReading => {
  const [at, page, oldest, behind, overdue, breaker, left, since] = list(reply)
  return {
    page: pageOf(page),
    oldestEventMs: int(oldest),
    alertsBehind: int(behind),
    overdueAlertMs: int(overdue),
    breaker: breakerState(breaker),
    bucket: left === "" ? undefined : { left: int(left), at: int(since) },
    at: int(at)
  }
}

const pageOf = (reply: unknown): BooksPage => {
  const [counters, ...held] = list(reply)
  const counted = hash(counters)
  const [
    eventsWaiting = 0,
    eventsWaitingBytes = 0,
    eventsDead = 0,
    alertsWaiting = 0,
    alertsDead = 0,
    quarantineHeld = 0
  ] = held.map(int)
  return booksPage((counter) => int(counted.get(counter) ?? "0"), {
    eventsWaiting,
    eventsWaitingBytes,
    eventsDead,
    alertsWaiting,
    alertsDead,
    quarantineHeld
  })
}

import { Effect, Layer } from "effect"
import { AlertQueue, type AlertSettlement, type BreakerState, type Claim, type ClaimedAlert } from "./AlertQueue.ts"
import { attemptLine, attemptsOf } from "./deadLetterTexts.ts"
import { redisQueue } from "./redisQueue.ts"
import { int, list, text } from "./replies.ts"
import { settleAlerts } from "./scripts/acknowledgeAlerts.ts"
import { claim as claimScript } from "./scripts/claim.ts"
import { alertBacklog } from "./scripts/stats.ts"

export const AlertQueueRedis = (queueName: string) =>
  Layer.effect(
    AlertQueue,
    Effect.gen(function*() {
      const { run } = yield* redisQueue(queueName)
      return AlertQueue.of({
        claim: ({ breakerTimeoutMs, leaseMs, max, rate, ratePeriodMs }) =>
          Effect.map(run(claimScript, [max, Math.ceil(leaseMs), rate, ratePeriodMs, breakerTimeoutMs]), claimOf),
        settle: (outcomes, breakerThreshold) => {
          if (outcomes.length === 0) return Effect.succeed([])
          const args = outcomes.flatMap((
            { alert: { id, lease }, settlement }
          ) => [id, lease, ...outcomeArguments(settlement)])
          return Effect.map(
            run(settleAlerts, [breakerThreshold, outcomes.length, ...args]),
            (reply) => list(reply).map((held) => int(held) === 1)
          )
        },
        backlog: Effect.map(run(alertBacklog, []), (reply) => {
          const [depth, state, failures, openMs] = list(reply)
          return {
            depth: int(depth),
            breaker: breakerState(text(state)),
            breakerFailures: int(failures),
            breakerOpenMs: int(openMs)
          }
        })
      })
    })
  )

const claimOf = (reply: unknown): Claim => {
  const [tag, number, ...rest] = list(reply)
  if (tag === "open" || tag === "empty" || tag === "limited") return { _tag: tag, waitMs: int(number) }
  const alerts: Array<ClaimedAlert> = []
  for (let index = 0; index + 4 < rest.length; index += 5) {
    alerts.push({
      id: text(rest[index]),
      payload: text(rest[index + 1]),
      attempts: attemptsOf(text(rest[index + 2])),
      tries: int(rest[index + 3]),
      lease: text(rest[index + 4])
    })
  }
  return { _tag: "claimed", alerts, probe: int(number) === 1 }
}

const flag = (value: boolean | undefined) => value === true ? 1 : 0

const outcomeArguments = (settlement: AlertSettlement): ReadonlyArray<string | number> => {
  switch (settlement._tag) {
    case "delivered":
      return ["delivered"]
    case "parked": {
      const { attempt, counts, delayMs, failure } = settlement
      return ["parked", Math.ceil(delayMs), attemptLine(attempt), flag(failure), flag(counts)]
    }
    case "dead": {
      const { attempt, failure, reason } = settlement
      return ["dead", reason, attempt.detail, attemptLine(attempt), flag(failure)]
    }
  }
}

const breakerState = (state: string): BreakerState => state === "open" || state === "half_open" ? state : "closed"

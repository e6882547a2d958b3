import { Effect, Layer } from "effect"
import { type AlertOutcome, AlertQueue, type BreakerState, type Claim, type ClaimedAlert } from "./AlertQueue.ts"
import { attemptLine, attemptsOf } from "./deadLetterTexts.ts"
import { redisQueue } from "./redisQueue.ts"
import { int, list, text } from "./replies.ts"
import { acknowledgeAlerts } from "./scripts/acknowledgeAlerts.ts"
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
        acknowledge: (outcomes, breakerThreshold) => {
          if (outcomes.length === 0) return Effect.succeed([])
          const args = outcomes.flatMap((
            { alert: { id, lease }, outcome }
          ) => [id, lease, ...outcomeArguments(outcome)])
          return Effect.map(
            run(acknowledgeAlerts, [breakerThreshold, outcomes.length, ...args]),
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

const outcomeArguments = (outcome: AlertOutcome): ReadonlyArray<string | number> => {
  switch (outcome._tag) {
    case "delivered":
      return ["delivered"]
    case "parked": {
      const { attempt, counts, delayMs, failure } = outcome
      return ["parked", Math.ceil(delayMs), attemptLine(attempt), flag(failure), flag(counts)]
    }
    case "dead": {
      const { attempt, failure, reason } = outcome
      return ["dead", reason, attempt.detail, attemptLine(attempt), flag(failure)]
    }
  }
}

const breakerState = (state: string): BreakerState => state === "open" || state === "half_open" ? state : "closed"

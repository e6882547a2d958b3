import { Effect, Layer } from "effect"
import { type AlertAcknowledgement, AlertQueue, type Claim, type ClaimedAlert } from "./AlertQueue.ts"
import * as scripts from "./alertScripts.ts"
import { attemptLine, attemptsOf } from "./deadLetterTexts.ts"
import { redisQueue } from "./redisQueue.ts"
import { breakerState, int, list, text } from "./replies.ts"

export const AlertQueueRedis = (queueName: string) =>
  Layer.effect(
    AlertQueue,
    Effect.gen(function*() {
      const { run } = yield* redisQueue(queueName)
      return AlertQueue.of({
        claim: ({ breakerTimeoutMs: timeout, leaseMs, max, rate, ratePeriodMs: period }) =>
          Effect.map(run(scripts.claim.call({ max, lease: Math.ceil(leaseMs), rate, period, timeout })), claimOf),
        acknowledge: (outcomes, breakerThreshold) =>
          outcomes.length === 0
            ? Effect.succeed([])
            : Effect.map(
              run(acknowledgeCall(outcomes, breakerThreshold)),
              (reply) => list(reply).map((held) => int(held) === 1)
            ),
        backlog: Effect.map(run(scripts.alertBacklog.call({})), (reply) => {
          const [depth, state, failures, openMs] = list(reply)
          return {
            depth: int(depth),
            breaker: breakerState(state),
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

const acknowledgeCall = (outcomes: ReadonlyArray<AlertAcknowledgement>, threshold: number) => {
  const call = scripts.acknowledgeAlerts.call({ threshold, outcomes: outcomes.length })
  for (const { alert: { id, lease }, outcome } of outcomes) {
    call.add("outcome", { id, lease, outcome: outcome._tag })
    if (outcome._tag === "delivered") continue
    const attempt = attemptLine(outcome.attempt)
    if (outcome._tag === "parked") {
      const { counts, delayMs, failure } = outcome
      call.add("parked", { delay: Math.ceil(delayMs), attempt, failure, counts })
    } else {
      const { attempt: { detail }, failure = false, reason } = outcome
      call.add("dead", { reason, detail, attempt, failure })
    }
  }
  return call
}

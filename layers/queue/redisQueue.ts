import { Effect } from "effect"
import type { ChangeOutcome } from "../../src/domain/Change.ts"
import { Redis, type RedisArgument, type RedisFailed } from "../redis/Redis.ts"
import { queueKeys } from "./keys.ts"
import { QueueUnavailable } from "./QueueUnavailable.ts"
import type { QueueScript } from "./scripts/queueScript.ts"

/** What the Redis adapters of one partition share. */
export const redisQueue = Effect.fnUntraced(function*(queueName: string) {
  const redis = yield* Redis
  const keys = queueKeys(queueName)
  return {
    redis,
    keys,
    run: (script: QueueScript, args: ReadonlyArray<RedisArgument>): Effect.Effect<unknown, QueueUnavailable> =>
      Effect.mapError(redis.script(script, script.keys.map((key) => keys[key]), args), unavailable)
  }
})

export const unavailable = (error: RedisFailed): QueueUnavailable => {
  const { detail, operation, reason } = error
  return new QueueUnavailable({ operation, detail: `${reason}: ${detail}`, outcome: outcomeOf(error) })
}

/** A command that was sent may be done whenever its server comes to it. */
const outcomeOf = ({ reason, unsent }: RedisFailed): ChangeOutcome =>
  unsent === true || reason === "refused" || reason === "reply" ? "unchanged" : "unknown"

import { Effect } from "effect"
import type { ChangeOutcome } from "../../src/domain/Change.ts"
import type { LuaCall } from "../redis/luaScript.ts"
import { Redis, type RedisFailed } from "../redis/Redis.ts"
import { type QueueKeys, queueKeys } from "./keys.ts"
import { QueueUnavailable } from "./QueueUnavailable.ts"

/** Sends scripts and commands to one partition. */
export const redisQueue = Effect.fnUntraced(function*(queueName: string) {
  const redis = yield* Redis
  const keys = queueKeys(queueName)
  const send = ({ args, script }: Pick<LuaCall<keyof QueueKeys>, "args" | "script">) =>
    redis.script(script, script.keys.map((key) => keys[key]), args)
  return {
    redis,
    keys,
    send,
    run: (call: Parameters<typeof send>[0]): Effect.Effect<unknown, QueueUnavailable> =>
      Effect.mapError(send(call), unavailable)
  }
})

export const unavailable = (error: RedisFailed): QueueUnavailable => {
  const { detail, operation, reason } = error
  return new QueueUnavailable({ operation, detail: `${reason}: ${detail}`, outcome: outcomeOf(error) })
}

/** A command that was sent may still be done, whenever its server comes to it. */
const outcomeOf = ({ reason, unsent }: RedisFailed): ChangeOutcome =>
  unsent === true || reason === "refused" || reason === "reply" ? "unchanged" : "unknown"

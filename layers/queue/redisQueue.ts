import { Effect } from "effect"
import type { ChangeOutcome } from "../../src/domain/Change.ts"
import type { LuaCall } from "../redis/luaScript.ts"
import { Redis, type RedisFailed } from "../redis/Redis.ts"
import { type QueueKeys, queueKeys } from "./keys.ts"
import { QueueDurability } from "./QueueDurability.ts"
import { QueueFormat } from "./QueueFormat.ts"
import { QueueUnavailable } from "./QueueUnavailable.ts"

/** Sends scripts and commands to one partition. */
export const redisQueue = Effect.fnUntraced(function*(queueName: string) {
  const redis = yield* Redis
  const keys = queueKeys(queueName)
  const durability = yield* QueueDurability
  const { pass } = yield* QueueFormat
  const send = ({ args, script }: Pick<LuaCall<keyof QueueKeys>, "args" | "script">) =>
    Effect.andThen(pass, redis.script(script, script.keys.map((key) => keys[key]), args))
  const run = (call: Parameters<typeof send>[0]): Effect.Effect<unknown, QueueUnavailable> =>
    Effect.mapError(send(call), unavailable)

  /** Runs a script whose work must outlive the primary, where that is wanted. `matters`: its reply says it did any. */
  const runDurably = (
    call: Parameters<typeof send>[0],
    matters: (reply: unknown) => boolean = () => true
  ): Effect.Effect<unknown, QueueUnavailable> => {
    if (durability === undefined) return run(call)
    const { args, script } = call
    return Effect.andThen(pass, redis.durable(script, script.keys.map((key) => keys[key]), args, durability)).pipe(
      Effect.mapError(unavailable),
      Effect.flatMap(({ local, replicas, reply }) =>
        (local >= 1 && replicas >= durability.replicas) || !matters(reply)
          ? Effect.succeed(reply)
          : notReplicated(script.name, replicas, durability.replicas)
      )
    )
  }
  return { redis, keys, send, run, runDurably }
})

const notReplicated = (operation: string, replicas: number, wanted: number) =>
  new QueueUnavailable({
    operation,
    detail: `${replicas} of ${wanted} replicas have confirmed it in time`,
    outcome: "unknown",
    unreplicated: true
  })

export const unavailable = (error: RedisFailed): QueueUnavailable => {
  const { detail, operation, reason } = error
  return new QueueUnavailable({ operation, detail: `${reason}: ${detail}`, outcome: outcomeOf(error) })
}

/** A command that was sent may still be done, whenever its server comes to it. */
const outcomeOf = ({ reason, unsent }: RedisFailed): ChangeOutcome =>
  unsent === true || reason === "refused" || reason === "reply" ? "unchanged" : "unknown"

import { layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { secretTopic } from "../../../layers/instances/SecretInstances.ts"
import { SecretInstancesRedis, secretRequestKeys } from "../../../layers/instances/SecretInstancesRedis.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { onEachRedis } from "../../support/needs.ts"
import { processIn, redisWorld, reportedEarlier } from "./registryRedis.ts"
import { secretPromises } from "./secretInstancesSuite.ts"

const { board, proofs } = secretRequestKeys

/** KEYS: proofs. ARGV: milliseconds. The requests were made so much earlier. */
const askedEarlier = {
  name: "test.asked-earlier",
  lua: `
local left = redis.call('PTTL', KEYS[1])
if left > 0 then redis.call('PEXPIRE', KEYS[1], left - ARGV[1]) end
return 1
`
}

onEachRedis((flavour) => {
  layer(redisWorld(flavour), { excludeTestServices: true })(`SecretInstances in ${flavour}`, (it) => {
    for (const { name, promise } of secretPromises) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const redis = yield* Redis
          const forget = Effect.orDie(Effect.asVoid(redis.command("DEL", board, secretTopic.key, proofs)))
          yield* forget
          yield* promise({
            process: (program, instance) =>
              SecretInstancesRedis.pipe(
                Layer.provide(Layer.succeed(Redis, redis)),
                Layer.provideMerge(processIn(redis)(program, instance))
              ),
            forget,
            silence: (seconds) =>
              Effect.andThen(
                reportedEarlier(redis, [secretTopic.key], seconds),
                Effect.orDie(Effect.asVoid(redis.script(askedEarlier, [proofs], [seconds * 1_000])))
              )
          })
        }))
    }
  })
})

import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { boardKeys } from "../../../layers/instances/instanceBoard.ts"
import { SecretInstances } from "../../../layers/instances/SecretInstances.ts"
import { SecretInstancesRedis } from "../../../layers/instances/SecretInstancesRedis.ts"
import { SecretReportsRedis } from "../../../layers/instances/SecretReportsRedis.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { onEachRedis } from "../../support/needs.ts"
import { redisServer } from "../../support/servers.ts"
import { connected, staticConfig } from "../connections.ts"
import { boardPromises } from "./secretInstancesSuite.ts"

const world = (flavour: "redis" | "valkey") =>
  Layer.unwrap(Effect.gen(function*() {
    const server = yield* redisServer({ flavour })
    const { redis } = yield* connected(
      { redis: { port: server.port, username: server.user } },
      { REDIS_PASS: server.password }
    )
    return redis
  })).pipe(Layer.provide(Logger.layer([])))

/** KEYS: instances, proofs. ARGV: milliseconds. Everything was said so much earlier. */
const earlier = {
  name: "test.earlier",
  lua: `
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local stamp, rest = string.match(all[i + 1], '^(%d+)(.*)$')
  redis.call('HSET', KEYS[1], all[i], string.format('%d%s', stamp - ARGV[1], rest))
end
local left = redis.call('PTTL', KEYS[2])
if left > 0 then redis.call('PEXPIRE', KEYS[2], left - ARGV[1]) end
return 1
`
}

onEachRedis((flavour) => {
  layer(world(flavour), { excludeTestServices: true })(`SecretInstances in ${flavour}`, (it) => {
    for (const { name, promise } of boardPromises) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const redis = yield* Redis
          const forget = Effect.orDie(Effect.asVoid(
            redis.command("DEL", boardKeys.board, boardKeys.instances, boardKeys.proofs)
          ))
          yield* forget
          yield* promise({
            layer: SecretInstancesRedis.pipe(Layer.provide(Layer.succeed(Redis, redis))),
            process: (program, instance) =>
              SecretReportsRedis.pipe(
                Layer.provide(Layer.succeed(Redis, redis)),
                Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), program, instance }))
              ),
            forget,
            silence: (seconds) =>
              Effect.orDie(
                Effect.asVoid(
                  redis.script(earlier, [boardKeys.instances, boardKeys.proofs], [seconds * 1_000])
                )
              )
          })
        }))
    }

    it.effect("says that it cannot be read when a report is no report", () =>
      Effect.gen(function*() {
        const redis = yield* Redis
        const time = String(Date.now())
        yield* redis.command("HSET", boardKeys.instances, "x", `${time} {"canary":1}`)
        const error = yield* SecretInstances.use(({ list }) => Effect.flip(list)).pipe(
          Effect.provide(SecretInstancesRedis, { local: true })
        )
        assert.strictEqual(error.detail, "Redis holds something that cannot be read.")
      }))
  })
})

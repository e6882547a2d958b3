import { Effect, Layer, Logger } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { InstancesRedis } from "../../../layers/instances/InstancesRedis.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import type { Program } from "../../../src/domain/Settings.ts"
import { redisServer } from "../../support/servers.ts"
import { connected, staticConfig } from "../connections.ts"

/** A Redis of its own for a suite, and a connection to it. */
export const redisWorld = (flavour: "redis" | "valkey") =>
  Layer.unwrap(Effect.gen(function*() {
    const server = yield* redisServer({ flavour })
    const { redis } = yield* connected(
      { redis: { port: server.port, username: server.user } },
      { REDIS_PASS: server.password }
    )
    return redis
  })).pipe(Layer.provide(Logger.layer([])))

/** The registry as a process of this name sees it. */
export const processIn = (redis: Redis["Service"]) => (program: Program, instance: string) =>
  InstancesRedis.pipe(
    Layer.provide(Layer.succeed(Redis, redis)),
    Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), program, instance }))
  )

/** KEYS: hashes of reports. ARGV: milliseconds. Everything was reported so much earlier. */
const earlierScript = {
  name: "test.earlier",
  lua: `
local function sub(before, stamp) return string.format('%s%d', before, stamp - ARGV[1]) end
for _, key in ipairs(KEYS) do
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local text = string.gsub(string.gsub(all[i + 1], '^()(%d+)', function(_, stamp) return sub('', stamp) end),
      '("seen":)(%d+)', sub)
    redis.call('HSET', key, all[i], text)
  end
end
return 1
`
}

export const reportedEarlier = (redis: Redis["Service"], keys: ReadonlyArray<string>, seconds: number) =>
  Effect.orDie(Effect.asVoid(redis.script(earlierScript, keys, [seconds * 1_000])))

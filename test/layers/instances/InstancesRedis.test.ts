import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { configTopic } from "../../../layers/config/ConfigRollout.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { secretTopic } from "../../../layers/instances/SecretInstances.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { onEachRedis } from "../../support/needs.ts"
import { plainTopic, registryPromises, revisedTopic } from "./instancesSuite.ts"
import { processIn, redisWorld, reportedEarlier } from "./registryRedis.ts"

onEachRedis((flavour) => {
  layer(redisWorld(flavour), { excludeTestServices: true })(`instances in ${flavour}`, (it) => {
    for (const { name, promise } of registryPromises) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const redis = yield* Redis
          yield* redis.command("DEL", plainTopic.key)
          yield* redis.command("DEL", revisedTopic.key)
          yield* promise({
            process: processIn(redis),
            silence: (seconds) =>
              Effect.forEach([plainTopic, revisedTopic], ({ key }) => reportedEarlier(redis, [key], seconds), {
                discard: true
              })
          })
        }))
    }

    const start = Effect.gen(function*() {
      const redis = yield* Redis
      yield* redis.command("DEL", configTopic.key)
      yield* redis.command("DEL", secretTopic.key)
      const instances = Context.get(yield* Layer.build(processIn(redis)("ingestor", "i-1")), Instances)
      const now = (yield* instances.list(configTopic)).now
      const stored = (key: string, instance: string) => Effect.map(redis.command("HGET", key, instance), String)
      return { redis, instances, now, stored }
    })
    const running = { epoch: "e", version: 4, ok: true, reason: null, ms: 7 }
    const held = { stale: false, holdings: { DB_PASS: { generation: 1, slots: { CURRENT: "0a1b2c3d" } } } }

    it.effect("stores reports as programs of earlier versions read them", () =>
      Effect.gen(function*() {
        const { instances, stored } = yield* start
        yield* instances.report(configTopic, running)
        const { seen, since, ...config } = JSON.parse(yield* stored(configTopic.key, "i-1"))
        assert.deepStrictEqual(config, { ...running, program: "ingestor", instance: "i-1" })
        assert.isTrue(Number.isInteger(seen) && since === seen)
        yield* instances.report(secretTopic, held)
        const [, time, secrets = ""] = /^(\d{13}) (.*)$/s.exec(yield* stored(secretTopic.key, "i-1")) ?? []
        assert.isAtLeast(Number(time), seen)
        assert.deepStrictEqual(JSON.parse(secrets), { ...held, program: "ingestor", instance: "i-1" })
      }))

    it.effect("reads reports as programs of earlier versions store them", () =>
      Effect.gen(function*() {
        const { instances, now, redis } = yield* start
        const origin = { program: "alerter", instance: "old" } as const
        const times = { since: now - 9_000, seen: now - 1_000 }
        const told = { ...running, ...origin, runs: "e:4:true", ...times }
        yield* redis.command("HSET", configTopic.key, "old", JSON.stringify(told))
        yield* redis.command("HSET", secretTopic.key, "old", `${times.seen} ${JSON.stringify({ ...held, ...origin })}`)
        assert.deepStrictEqual((yield* instances.list(configTopic)).instances, [{ ...running, ...origin, ...times }])
        assert.deepStrictEqual((yield* instances.list(secretTopic)).instances, [
          { ...held, ...origin, since: times.seen, seen: times.seen }
        ])
      }))

    it.effect("says that it cannot be read when a report is no report", () =>
      Effect.gen(function*() {
        const { instances, now, redis } = yield* start
        yield* redis.command("HSET", secretTopic.key, "x", `${now} {"canary":1}`)
        const { detail, reason } = yield* Effect.flip(instances.list(secretTopic))
        assert.deepStrictEqual([reason, detail], ["unreadable", "Redis holds something that cannot be read."])
      }))
  })
})

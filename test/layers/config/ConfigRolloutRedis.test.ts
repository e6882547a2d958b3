import { assert, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Logger } from "effect"
import { ConfigRollout } from "../../../layers/config/ConfigRollout.ts"
import { ConfigRolloutRedis } from "../../../layers/config/ConfigRolloutRedis.ts"
import { configKeys } from "../../../layers/config/keys.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import type { Program } from "../../../src/domain/Settings.ts"
import { onEachRedis } from "../../support/needs.ts"
import { redisServer } from "../../support/servers.ts"
import { connected, staticConfig } from "../connections.ts"

const world = (flavour: "redis" | "valkey") =>
  Layer.unwrap(Effect.gen(function*() {
    const server = yield* redisServer({ flavour })
    const { redis } = yield* connected(
      { redis: { port: server.port, username: server.user } },
      { REDIS_PASS: server.password }
    )
    return redis
  })).pipe(Layer.provide(Logger.layer([])))

/** What a process of this name has to say, and hears. */
const process = (program: Program, instance: string) =>
  Effect.flatMap(
    Layer.build(
      Layer.fresh(ConfigRolloutRedis).pipe(
        Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), program, instance }))
      )
    ),
    (context) => Effect.succeed(Context.get(context, ConfigRollout))
  )

const at = (version: number, epoch = "e") => ({ epoch, version, ok: true, reason: null, ms: 3 })
const nobody = Redis.use((redis) => redis.command("DEL", configKeys.instances))

onEachRedis((flavour) => {
  layer(world(flavour), { excludeTestServices: true })(`instances in ${flavour}`, (it) => {
    it.effect("lists who lives, with the version each runs, by name", () =>
      Effect.gen(function*() {
        yield* nobody
        const [two, one] = [yield* process("ingestor", "i-2"), yield* process("alerter", "a-1")]
        assert.deepStrictEqual(yield* one.list, [])
        yield* two.report(at(4))
        yield* one.report({ ...at(5), ok: false, reason: "moog_rate_limit must be 1 to 100000." })
        const list = yield* one.list
        assert.deepStrictEqual(
          list.map(({ instance, ok, program, reason, version }) => ({
            instance,
            ok,
            program,
            reason,
            version
          })),
          [
            {
              instance: "a-1",
              ok: false,
              program: "alerter",
              reason: "moog_rate_limit must be 1 to 100000.",
              version: 5
            },
            { instance: "i-2", ok: true, program: "ingestor", reason: null, version: 4 }
          ]
        )
      }))

    it.effect("keeps since when a process runs its version, however often that says so", () =>
      Effect.gen(function*() {
        yield* nobody
        const one = yield* process("ingestor", "i-1")
        yield* one.report({ ...at(4), ms: 7 })
        const [first] = yield* one.list
        yield* Effect.sleep("5 millis")
        yield* one.report({ ...at(4), ms: 1 })
        const [again] = yield* one.list
        assert.deepStrictEqual([again?.since, again?.ms], [first?.since, 7])
        assert.isAbove(again?.seen ?? 0, first?.seen ?? 0)
        yield* one.report(at(5))
        assert.isAbove((yield* one.list)[0]?.since ?? 0, first?.since ?? 0)
      }))

    it.effect("forgets who has been silent for ten seconds, and who has ended", () =>
      Effect.gen(function*() {
        yield* nobody
        const redis = yield* Redis
        const one = yield* process("ingestor", "i-1")
        yield* one.report(at(4))
        yield* Effect.scoped(Effect.flatMap(process("alerter", "ended"), (gone) => gone.report(at(4))))
        yield* Effect.flatMap(process("alerter", "silent"), (silent) => silent.report(at(4)))
        const text = String(yield* redis.command("HGET", configKeys.instances, "silent"))
        yield* redis.command("HSET", configKeys.instances, "silent", JSON.stringify({ ...JSON.parse(text), seen: 1 }))
        assert.deepStrictEqual((yield* one.list).map(({ instance }) => instance), ["i-1"])
        assert.deepStrictEqual(yield* redis.command("HKEYS", configKeys.instances), ["i-1"])
      }))

    it.effect("waits until all run or have refused a version, and not longer than it was told", () =>
      Effect.gen(function*() {
        yield* nobody
        const [one, two] = [yield* process("ingestor", "i-1"), yield* process("ingestor", "i-2")]
        yield* one.report(at(4))
        yield* two.report(at(4))
        const late = yield* one.await({ epoch: "e", version: 5 }, 20)
        assert.deepStrictEqual(late.map(({ version }) => version), [4, 4])
        const waiting = yield* Effect.forkScoped(one.await({ epoch: "e", version: 5 }, 20_000))
        yield* one.report(at(5))
        yield* two.report({ ...at(5), ok: false, reason: "no" })
        assert.deepStrictEqual((yield* Fiber.join(waiting)).map(({ ok }) => ok), [true, false])
        assert.lengthOf(yield* one.await({ epoch: "e", version: 3 }, 20_000), 2)
        assert.lengthOf(yield* one.await({ epoch: "other", version: 1 }, 20), 2)
      }))
  })
})

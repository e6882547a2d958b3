import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { ConfigRollout, configTopic } from "../../../layers/config/ConfigRollout.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import type { Program } from "../../../src/domain/Settings.ts"
import { onEachRedis } from "../../support/needs.ts"
import { makeInstancesMemory } from "../instances/InstancesMemory.ts"
import { processIn, redisWorld } from "../instances/registryRedis.ts"

const at = (version: number, epoch = "e") => ({ epoch, version, ok: true, reason: null, ms: 3 })

type Process = (program: Program, instance: string) => Layer.Layer<Instances>

/** What a process of this name reports, and who it hears of. */
const start = Effect.fnUntraced(function*(process: Process, instance: string) {
  const context = yield* Layer.build(
    Layer.fresh(ConfigRollout.layer.pipe(Layer.provideMerge(process("ingestor", instance))))
  )
  const { report } = Context.get(context, Instances)
  return {
    ...Context.get(context, ConfigRollout),
    report: (state: ReturnType<typeof at> | { readonly ok: boolean }) => report(configTopic, { ...at(5), ...state })
  }
})

const lists = Effect.fnUntraced(function*(process: Process) {
  const [two, one] = [yield* start(process, "i-2"), yield* start(process, "i-1")]
  assert.deepStrictEqual(yield* one.list, [])
  yield* two.report(at(4))
  yield* one.report({ ok: false })
  assert.deepStrictEqual(
    (yield* one.list).map(({ instance, ok, version }) => ({ instance, ok, version })),
    [{ instance: "i-1", ok: false, version: 5 }, { instance: "i-2", ok: true, version: 4 }]
  )
})

const waits = Effect.fnUntraced(function*(process: Process) {
  const [one, two] = [yield* start(process, "i-1"), yield* start(process, "i-2")]
  yield* one.report(at(4))
  yield* two.report(at(4))
  const late = yield* one.await({ epoch: "e", version: 5 }, 20)
  assert.deepStrictEqual(late.map(({ version }) => version), [4, 4])
  const waiting = yield* Effect.forkScoped(one.await({ epoch: "e", version: 5 }, 20_000))
  yield* one.report(at(5))
  yield* two.report({ ok: false })
  assert.deepStrictEqual((yield* Fiber.join(waiting)).map(({ ok }) => ok), [true, false])
  assert.lengthOf(yield* one.await({ epoch: "e", version: 3 }, 20_000), 2)
  assert.lengthOf(yield* one.await({ epoch: "other", version: 1 }, 20), 2)
})

const promises = {
  "lists the version that each process runs, by name": lists,
  "waits until all run or have refused a version, and not longer than it was told": waits
}

describe("ConfigRollout in memory", () => {
  for (const [name, promise] of Object.entries(promises)) {
    it.live(name, () => Effect.flatMap(makeInstancesMemory, ({ process }) => promise(process)))
  }
})

onEachRedis((flavour) => {
  layer(redisWorld(flavour), { excludeTestServices: true })(`ConfigRollout in ${flavour}`, (it) => {
    for (const [name, promise] of Object.entries(promises)) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const redis = yield* Redis
          yield* redis.command("DEL", configTopic.key)
          yield* promise(processIn(redis))
        }))
    }
  })
})

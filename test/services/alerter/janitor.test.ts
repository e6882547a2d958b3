import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger, Queue } from "effect"
import { EventAuditMemory } from "../../../layers/audit/EventAuditMemory.ts"
import { Postgres } from "../../../layers/postgres/Postgres.ts"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { QueueMemory } from "../../../layers/queue/QueueMemory.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RulesMemory } from "../../../layers/rules/RulesMemory.ts"
import { AlerterSettings } from "../../../services/alerter/AlerterSettings.ts"
import { Program } from "../../../services/alerter/Program.ts"
import { world } from "../../layers/http/world.ts"
import { ruleSet } from "./events.ts"

it.live("an alerter looks again and again for what others have held as long as its settings say", () =>
  Effect.gen(function*() {
    const looks = yield* Queue.unbounded<number>()
    const queue = Layer.mock(EventQueue, {
      read: (_consumer, _count, blockMs) => Effect.as(Effect.sleep(blockMs), []),
      reclaim: (_consumer, idleMs) => Effect.as(Queue.offer(looks, idleMs), []),
      backlog: Effect.succeed({ depth: 0, bytes: 0, oldestMs: 0 })
    })
    yield* Layer.build(Program.pipe(
      Layer.provide(Layer.succeed(AlerterSettings, { batchSize: 100, janitorTimeout: 11, janitorInterval: 0.02 })),
      Layer.provide([
        NodeHttpServer.layerTest,
        QueueMemory.pipe(Layer.merge(queue)),
        EventAuditMemory,
        RulesMemory(ruleSet),
        Layer.mock(Redis, {}),
        Layer.mock(Postgres, {}),
        world("alerter"),
        Logger.layer([])
      ])
    ))
    assert.deepStrictEqual(yield* Queue.takeN(looks, 3), [11_000, 11_000, 11_000])
  }))

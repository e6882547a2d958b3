import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Metric } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { ConfigStore, ConfigStoreUnavailable } from "../../../../layers/config/ConfigStore.ts"
import { EventArchiver } from "../../../../services/web-ui/retention/EventArchiver.ts"
import { errors, RetentionLayer } from "../../../../services/web-ui/retention/RetentionLayer.ts"
import { makeDynamicConfigMemory } from "../../../layers/config/DynamicConfigMemory.ts"

/** A client that nobody gets to ask. */
const unasked = Layer.effect(
  SqlClient.SqlClient,
  SqlClient.make({ acquirer: Effect.never, compiler: PgClient.makeCompiler(), driver: "none", spanAttributes: [] })
).pipe(Layer.provide(Reactivity.layer))

describe("retention that cannot be done", () => {
  it.effect("is counted each time, and tried again in about a minute", () =>
    Effect.gen(function*() {
      let asked = 0
      const state = Effect.suspend(() => {
        asked++
        return Effect.fail(new ConfigStoreUnavailable({ detail: "gone", outcome: "unchanged" }))
      })
      const config = yield* makeDynamicConfigMemory()
      const counted = Effect.map(Metric.value(Metric.withAttributes(errors, { task: "events" })), ({ count }) => count)
      yield* Layer.build(RetentionLayer.pipe(
        Layer.provide(config.layer),
        Layer.provide(Layer.mock(ConfigStore, { state })),
        Layer.provide(Layer.mock(EventArchiver, {})),
        Layer.provide(unasked),
        Layer.provide(Logger.layer([]))
      ))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual([asked, yield* counted], [1, 1])
      yield* TestClock.adjust("45 seconds")
      assert.deepStrictEqual([asked, yield* counted], [2, 2])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))
})

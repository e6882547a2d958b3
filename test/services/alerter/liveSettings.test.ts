import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { type AlertBacklog, AlertQueue } from "../../../layers/queue/AlertQueue.ts"
import { EventQueue, type MetaAlerts } from "../../../layers/queue/EventQueue.ts"
import { RuleSource } from "../../../layers/rules/RuleSource.ts"
import { ActiveRules, ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { makeBackpressure } from "../../../services/alerter/Backpressure.ts"
import { EventProcessor, EventProcessorLayer } from "../../../services/alerter/pipeline.ts"
import { AcknowledgerLayer } from "../../../services/alerter/stages/acknowledge.ts"
import { DecisionRecorderLayer } from "../../../services/alerter/stages/record.ts"
import { makeDynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { RulesAlone } from "./activeLayers.ts"
import { delivery, ruleSet } from "./events.ts"
import { makeWorld } from "./harness.ts"

describe("a running alerter follows", () => {
  it.effect("cache_reload_interval", () =>
    Effect.gen(function*() {
      const { layer, set } = yield* makeDynamicConfigMemory({ cache_reload_interval: 3_600 })
      let loads = 0
      const rules = Layer.succeed(RuleSource, {
        version: Effect.succeed(ruleSet.version),
        load: Effect.sync(() => {
          loads++
          return ruleSet
        })
      })
      yield* Effect.gen(function*() {
        yield* (yield* ActiveRules).current
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(loads, 1)
        yield* set({ cache_reload_interval: 60 })
        yield* TestClock.adjust("1 second")
        assert.strictEqual(loads, 2)
      }).pipe(Effect.provide(ActiveRulesLayer.pipe(Layer.provide([layer, rules]))))
    }))

  it.effect("unhandled_threshold and unhandled_expiry_seconds", () =>
    Effect.gen(function*() {
      const { layer, set } = yield* makeDynamicConfigMemory({ unhandled_threshold: 100, unhandled_expiry_seconds: 600 })
      const asked: Array<readonly [number, number]> = []
      const settle = (_: unknown, { threshold, windowMs }: MetaAlerts) =>
        Effect.sync(() => {
          asked.push([threshold, windowMs])
          return { forwarded: 0, suppressed: 0, unmatched: 1, dead: 0, metaAlerts: 0, repeated: 0 }
        })
      const processor = EventProcessorLayer.pipe(
        Layer.provide([DecisionRecorderLayer, AcknowledgerLayer, RulesAlone]),
        Layer.provide([
          layer,
          Layer.mock(EventQueue, { acknowledge: settle }),
          Layer.mock(EventAudit, { record: () => Effect.succeed(new Map()) }),
          Layer.succeed(RuleSource, { version: Effect.succeed(ruleSet.version), load: Effect.succeed(ruleSet) })
        ])
      )
      yield* Effect.gen(function*() {
        const { handle } = yield* EventProcessor
        yield* handle([delivery(1)], Effect.void)
        yield* set({ unhandled_threshold: 3, unhandled_expiry_seconds: 60 })
        yield* handle([delivery(2)], Effect.void)
      }).pipe(Effect.provide(processor))
      assert.deepStrictEqual(asked, [[100, 600_000], [3, 60_000]])
    }))

  it.effect("alerter_queue_warn_threshold, alerter_queue_shed_threshold and alerter_shed_mode", () =>
    Effect.gen(function*() {
      const { layer, set } = yield* makeDynamicConfigMemory({
        alerter_queue_warn_threshold: 100,
        alerter_queue_shed_threshold: 200,
        alerter_shed_mode: "defer"
      })
      const backlog: AlertBacklog = { depth: 50, breaker: "closed", breakerFailures: 0, breakerOpenMs: 0 }
      yield* Effect.gen(function*() {
        const { measure, state } = yield* makeBackpressure
        const seen = Effect.map(measure, ({ _tag }) => [_tag, state().state])
        assert.deepStrictEqual(yield* seen, ["go", "ok"])
        yield* set({ alerter_queue_warn_threshold: 10 })
        assert.deepStrictEqual(yield* seen, ["go", "degraded"])
        yield* set({ alerter_queue_shed_threshold: 20 })
        assert.deepStrictEqual(yield* seen, ["defer", "degraded"])
        yield* set({ alerter_shed_mode: "dlq" })
        assert.deepStrictEqual(yield* seen, ["shed", "degraded"])
        yield* set({ alerter_queue_warn_threshold: 100, alerter_queue_shed_threshold: 200 })
        assert.deepStrictEqual(yield* seen, ["go", "ok"])
      }).pipe(
        Effect.provide(Layer.mock(AlertQueue, { backlog: Effect.succeed(backlog) })),
        Effect.provide(layer)
      )
    }))

  it.effect("alerter_defer_sleep_ms, also in the middle of a pause", () =>
    Effect.gen(function*() {
      const { alerter, settings, world } = yield* makeWorld
      yield* settings.set({ alerter_defer_sleep_ms: 60_000 })
      world.alerts = 21
      world.waiting.push(delivery(1, { message: "page me" }))
      const scope = yield* Scope.fork(yield* Effect.scope)
      const services = yield* Layer.buildWithScope(alerter, scope)
      yield* Context.get(services, ActiveRules).current
      yield* TestClock.adjust("1 second")
      world.alerts = 0
      yield* TestClock.adjust("1 second")
      assert.lengthOf(world.settled, 0)
      yield* settings.set({ alerter_defer_sleep_ms: 10 })
      yield* TestClock.adjust("1 second")
      assert.lengthOf(world.settled, 1)
      // A reading under way ends with its time.
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(closing)
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { TimeZoneData } from "../../../layers/environment/TimeZoneData.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { rulesTopic } from "../../../layers/rules/rulesTopic.ts"
import { SilenceChanges } from "../../../layers/silence/SilenceChanges.ts"
import { ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { ActiveSilences, ActiveSilencesLayer } from "../../../services/alerter/ActiveSilences.ts"
import type { RulesInForce } from "../../../src/domain/RulesInForce.ts"
import type { Silence } from "../../../src/silence/Silence.ts"
import { DynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { makeInstancesMemory } from "../../layers/instances/InstancesMemory.ts"
import { RuleSourceMemory } from "../../layers/rules/RuleSourceMemory.ts"
import { makeSilenceSourceMemory } from "../../layers/silence/SilenceSourceMemory.ts"
import { rulesAnd } from "./activeLayers.ts"
import { ruleSet } from "./events.ts"

const made = (id: number, match: Silence["match"] = { hosts: ["sw1"] }): Silence => ({
  id,
  match,
  ends_at: "9999-01-01T00:00:00.000Z",
  comment: "why",
  revision: 1,
  created_by: "noc",
  created_at: "1970-01-01T00:00:00.000Z"
})

type Source = ReturnType<typeof makeSilenceSourceMemory>

const over = ({ layer }: Source) =>
  rulesAnd(layer).pipe(Layer.provide([RuleSourceMemory(ruleSet), DynamicConfigMemory()]))

const within = <E>(test: (source: Source) => Effect.Effect<void, E, ActiveSilences>) =>
  Effect.suspend(() => {
    const source = makeSilenceSourceMemory()
    return Effect.provide(test(source), over(source))
  })

describe("the silences in force", () => {
  it.effect("change within a second of a change", () =>
    within((source) =>
      Effect.gen(function*() {
        const silences = yield* ActiveSilences
        assert.strictEqual((yield* silences.current).size, 0)
        yield* source.replace([made(1), made(2)])
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* silences.current).size, 2)
        assert.strictEqual(silences.version(), 2)
        assert.match((yield* silences.check.check).detail ?? "", /^version 2, 2 silences; time zone data /)
      })
    ))

  it.effect("are degraded while alerters have other time zone data", () =>
    Effect.gen(function*() {
      const said: RulesInForce = {
        version: 1,
        ok: true,
        reason: null,
        ms: 1,
        rules: 1,
        unusable: 0,
        unusable_rules: [],
        time_zone_data: "2026c"
      }
      const { process } = yield* makeInstancesMemory
      const source = makeSilenceSourceMemory([made(1)])
      const [one, other] = [process("alerter", "a-1"), process("alerter", "a-2")]
      yield* Effect.gen(function*() {
        const { check } = yield* ActiveSilences
        const { report } = yield* Instances
        const look = TestClock.adjust("6 seconds").pipe(Effect.andThen(report(rulesTopic, said)))
        yield* look
        assert.deepInclude(yield* check.check, { state: "ok", detail: "version 1, 1 silences; time zone data 2026b" })
        yield* TestClock.adjust("6 seconds")
        const { detail, state } = yield* check.check
        assert.strictEqual(state, "degraded")
        assert.include(detail, "time zone data 2026b, but of the alerters a-1 2026b, a-2 2026c: schedules")
        assert.include(detail, "run all programs on the same version of Node.js or Deno")
        yield* report(rulesTopic, { ...said, ok: false, time_zone_data: "2026b" })
        yield* TestClock.adjust("6 seconds")
        assert.strictEqual((yield* check.check).state, "ok")
      }).pipe(
        Effect.provide(other),
        Effect.provide(
          ActiveSilencesLayer.pipe(
            Layer.provideMerge(ActiveRulesLayer),
            Layer.provide([source.layer, one, RuleSourceMemory(ruleSet), DynamicConfigMemory()]),
            Layer.provide(Layer.succeed(TimeZoneData, "2026b"))
          )
        )
      )
    }))

  it.effect("the runtime says which time zone data it has", () =>
    Effect.map(TimeZoneData, (version) => assert.match(version, /^20\d\d[a-z]+$/)))

  it.effect("change at once when a change is announced", () =>
    Effect.gen(function*() {
      const news = yield* Queue.unbounded<void>()
      const heard = Stream.fromQueue(news)
      yield* within((source) =>
        Effect.gen(function*() {
          const silences = yield* ActiveSilences
          yield* silences.current
          yield* source.replace([made(1)])
          yield* Queue.offer(news, undefined)
          yield* Effect.repeat(Effect.andThen(Effect.yieldNow, silences.current), { until: ({ size }) => size === 1 })
        })
      ).pipe(Effect.provideService(SilenceChanges, { announce: Effect.void, heard }))
    }))

  it.effect("stay in force when they cannot be read, and /readyz says so", () =>
    within((source) =>
      Effect.gen(function*() {
        const silences = yield* ActiveSilences
        yield* source.replace([made(1)])
        yield* TestClock.adjust("1 second")
        yield* source.setAway(true)
        yield* source.replace([])
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* silences.current).size, 1)
        const { detail, state } = yield* silences.check.check
        assert.strictEqual(state, "degraded")
        assert.match(detail ?? "", /gone/)
        yield* source.setAway(false)
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* silences.current).size, 0)
        assert.strictEqual((yield* silences.check.check).state, "ok")
      })
    ))

  it.effect("are waited for when they cannot be read at first", () =>
    Effect.gen(function*() {
      const source = makeSilenceSourceMemory([made(1)])
      yield* source.setAway(true)
      yield* Effect.gen(function*() {
        const silences = yield* ActiveSilences
        const waiting = yield* Effect.forkChild(silences.current)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(waiting.pollUnsafe())
        assert.deepStrictEqual(yield* silences.check.check, { state: "down", detail: "gone" })
        yield* source.setAway(false)
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(waiting)).size, 1)
      }).pipe(Effect.provide(over(source)))
    }))

  it.effect("tell every ten seconds how much each held back, and the newest arrival", () =>
    within((source) =>
      Effect.gen(function*() {
        const { hit } = yield* ActiveSilences
        hit(7, "1970-01-01T00:00:02.000Z")
        hit(7, "1970-01-01T00:00:01.000Z")
        hit(8, "1970-01-01T00:00:01.000Z")
        yield* TestClock.adjust("11 seconds")
        assert.deepStrictEqual(source.told, [
          { silenceId: 7, hits: 2, lastAt: 2_000 },
          { silenceId: 8, hits: 1, lastAt: 1_000 }
        ])
        yield* TestClock.adjust("11 seconds")
        assert.strictEqual(source.told.length, 2)
      })
    ))
})

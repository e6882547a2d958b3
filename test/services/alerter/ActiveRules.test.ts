import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Predicate, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { TimeZoneData } from "../../../layers/environment/TimeZoneData.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { RuleChanges } from "../../../layers/rules/RuleChanges.ts"
import { RuleSource, RuleSourceUnavailable } from "../../../layers/rules/RuleSource.ts"
import { ActiveRules, ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { makeDynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { RulesAlone } from "./activeLayers.ts"
import { ruleSet } from "./events.ts"

/** A rule book that can be away. */
const makeBook = Effect.gen(function*() {
  const state = { away: false, loads: 0, set: ruleSet }
  const unless = <A>(value: () => A) =>
    Effect.suspend(() => state.away ? Effect.fail(new RuleSourceUnavailable({ detail: "gone" })) : Effect.sync(value))
  const { layer } = yield* makeDynamicConfigMemory({ cache_reload_interval: 60 })
  const book = Layer.succeed(RuleSource, {
    version: unless(() => state.set.version),
    load: unless(() => {
      state.loads++
      return state.set
    })
  })
  return { state, layer: RulesAlone.pipe(Layer.provide([book, layer])) }
})

const within = <E>(
  test: (state: Effect.Success<typeof makeBook>["state"]) => Effect.Effect<void, E, ActiveRules>,
  before: (state: Effect.Success<typeof makeBook>["state"]) => void = () => {}
) =>
  Effect.gen(function*() {
    const { layer, state } = yield* makeBook
    before(state)
    yield* Effect.provide(test(state), layer)
  })

describe("the rules in force", () => {
  it.effect("change within a second of a change", () =>
    within((state) =>
      Effect.gen(function*() {
        const view = yield* ActiveRules
        assert.strictEqual((yield* view.current).version, 1)
        state.set = { ...ruleSet, version: 2, rules: ruleSet.rules.slice(1) }
        yield* TestClock.adjust("1 second")
        const policy = yield* view.current
        assert.deepStrictEqual([policy.version, policy.matcher.size], [2, 1])
      })
    ))

  it.effect("change at once when a change is announced", () =>
    Effect.gen(function*() {
      const { layer, state } = yield* makeBook
      const news = yield* Queue.unbounded<void>()
      const heard = Stream.fromQueue(news)
      yield* Effect.gen(function*() {
        const view = yield* ActiveRules
        assert.strictEqual((yield* view.current).version, 1)
        state.set = { ...ruleSet, version: 2, rules: ruleSet.rules.slice(1) }
        yield* Queue.offer(news, undefined)
        yield* Effect.repeat(Effect.andThen(Effect.yieldNow, view.current), { until: ({ version }) => version === 2 })
      }).pipe(Effect.provide(layer), Effect.provideService(RuleChanges, { announce: Effect.void, heard }))
    }))

  it.effect("are not read again without a change, until the interval is over", () =>
    within((state) =>
      Effect.gen(function*() {
        yield* (yield* ActiveRules).current
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual(state.loads, 1)
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual(state.loads, 2)
      })
    ))

  it.effect("stay in force when they cannot be read, and /readyz says so", () =>
    within((state) =>
      Effect.gen(function*() {
        const view = yield* ActiveRules
        yield* view.current
        state.away = true
        state.set = { ...ruleSet, version: 2 }
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* view.current).version, 1)
        const { ageMs, detail, state: health } = yield* view.check.check
        assert.strictEqual(health, "degraded")
        assert.match(detail ?? "", /gone/)
        assert.isAtLeast(ageMs ?? 0, 9_000)
        state.away = false
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* view.current).version, 2)
        assert.strictEqual((yield* view.check.check).state, "ok")
      })
    ))

  it.effect("are waited for when they cannot be read at first, and /readyz says that nothing can be done", () =>
    within(
      (state) =>
        Effect.gen(function*() {
          const view = yield* ActiveRules
          const waiting = yield* Effect.forkChild(view.current)
          yield* TestClock.adjust("1 minute")
          assert.isUndefined(waiting.pollUnsafe())
          assert.deepStrictEqual(yield* view.check.check, { state: "down", detail: "gone" })
          state.away = false
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Fiber.join(waiting)).version, 1)
        }),
      (state) => {
        state.away = true
      }
    ))

  it.effect("go back to an older version when the database does", () =>
    within((state) =>
      Effect.gen(function*() {
        const view = yield* ActiveRules
        state.set = { ...ruleSet, version: 9 }
        yield* TestClock.adjust("1 second")
        state.set = { ...ruleSet, version: 3 }
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* view.current).version, 3)
      })
    ))

  it.effect("are told with their version, what they took, and those that cannot be used", () =>
    Effect.gen(function*() {
      const state = { away: true, set: { ...ruleSet, rules: [...ruleSet.rules, broken] } }
      const told: Array<unknown> = []
      const registry = Layer.mock(Instances, { report: (_topic, report) => Effect.sync(() => void told.push(report)) })
      const { layer } = yield* makeDynamicConfigMemory({ cache_reload_interval: 60 })
      const unless = <A>(value: () => A) =>
        Effect.suspend(() =>
          state.away ? Effect.fail(new RuleSourceUnavailable({ detail: "gone" })) : Effect.sync(value)
        )
      const book = Layer.succeed(RuleSource, {
        version: unless(() => state.set.version),
        load: unless(() => state.set)
      })
      yield* Effect.gen(function*() {
        const none = { rules: 0, unusable: 0, unusable_rules: [], time_zone_data: "2026c" }
        const nothing = { version: null, ok: false, reason: "gone", ms: 0, ...none }
        yield* TestClock.adjust("100 millis")
        assert.deepStrictEqual(told.at(-1), nothing)
        state.away = false
        yield* TestClock.adjust("1 second")
        const good = { version: 1, ok: true, reason: null, rules: 2, unusable: 1 }
        assert.deepInclude(told.at(-1), good)
        assert.deepInclude(told.at(-1), {
          unusable_rules: [{ rule_id: 3, field: "matchString", message: unusableWords(told.at(-1)) }]
        })
        state.away = true
        yield* TestClock.adjust("1 second")
        assert.deepInclude(told.at(-1), { ...good, ok: false, reason: "gone" })
      }).pipe(
        Effect.provide(
          ActiveRulesLayer.pipe(Layer.provide([layer, book, registry, Layer.succeed(TimeZoneData, "2026c")])),
          { local: true }
        )
      )
    }))
})

const broken = { ...ruleSet.rules[0]!, id: 3, matchType: "regex", matchString: "(" } as const

const unusableWords = (report: unknown): unknown => {
  const [first] = Predicate.hasProperty(report, "unusable_rules") && Array.isArray(report.unusable_rules)
    ? report.unusable_rules
    : []
  return first?.message
}

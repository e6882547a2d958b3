import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { SilenceChanges } from "../../../layers/silence/SilenceChanges.ts"
import { ActiveRulesLayer } from "../../../services/alerter/ActiveRules.ts"
import { ActiveSilences, ActiveSilencesLayer } from "../../../services/alerter/ActiveSilences.ts"
import type { Silence } from "../../../src/silence/Silence.ts"
import { DynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { RuleSourceMemory } from "../../layers/rules/RuleSourceMemory.ts"
import { makeSilenceSourceMemory } from "../../layers/silence/SilenceSourceMemory.ts"
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
  ActiveSilencesLayer.pipe(
    Layer.provide(ActiveRulesLayer),
    Layer.provide([layer, RuleSourceMemory(ruleSet), DynamicConfigMemory()])
  )

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
        assert.strictEqual((yield* silences.check.check).detail, "version 2, 2 silences")
      })
    ))

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

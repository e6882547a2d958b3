import { assert, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, Scope } from "effect"
import { TestClock } from "effect/testing"
import { RuleHits, RuleHitsUnavailable } from "../../../layers/rules/RuleHits.ts"
import { newBatch } from "../../../services/alerter/Batch.ts"
import { makeCountHits, RuleHitCounterLayer } from "../../../services/alerter/RuleHitCounter.ts"
import { compose } from "../../../services/alerter/stages/compose.ts"
import { evaluate } from "../../../services/alerter/stages/evaluate.ts"
import type { HourHits } from "../../../src/domain/RuleHits.ts"
import { event, policy, position } from "./events.ts"

/** A store of hits that can be away, and the stage that counts. */
const world = Effect.gen(function*() {
  const state = { away: false, stored: new Array<HourHits>() }
  const scope = yield* Scope.make()
  const context = yield* RuleHitCounterLayer.pipe(
    Layer.provide(Layer.mock(RuleHits, {
      add: (hits) =>
        Effect.suspend(() => {
          if (state.away) return Effect.fail(new RuleHitsUnavailable({ detail: "gone" }))
          state.stored.push(...hits)
          return Effect.void
        })
    })),
    Layer.provide(Logger.layer([])),
    Layer.buildWithScope(scope)
  )
  const stage = yield* Effect.provide(makeCountHits, context)
  const batchOf = (events: ReadonlyArray<readonly [message: string, receivedAt: string]>) =>
    Effect.flatMap(
      evaluate({
        ...newBatch([], "1970-01-01T00:00:00.000Z", Effect.void),
        decoded: events.map(([message, receivedAt], index) => ({
          position: position(index + 1),
          payload: "{}",
          event: event(index + 1, { message, receivedAt })
        }))
      }, policy),
      compose
    )
  const count = (...events: ReadonlyArray<readonly [message: string, receivedAt: string]>) =>
    Effect.flatMap(batchOf(events), stage)
  return { state, count, batchOf, stage, stop: Scope.close(scope, Exit.void) }
})

const at = (time: string) => `2026-08-22T${time}.000Z`

it.effect("counts rules by the hour their events arrived, and stores them every ten seconds", () =>
  Effect.gen(function*() {
    const { count, state } = yield* world
    yield* count(["page me", at("10:00:00")], ["log me", at("10:59:59")], ["page me", at("11:00:00")])
    yield* count(["page me", at("10:30:00")], ["nobody knows this", at("10:30:00")])
    assert.lengthOf(state.stored, 0)
    yield* TestClock.adjust("10 seconds")
    assert.sameDeepMembers(state.stored, [
      { ruleId: 1, hour: at("10:00:00"), forwarded: 2, suppressed: 0, lastHit: at("10:30:00") },
      { ruleId: 2, hour: at("10:00:00"), forwarded: 0, suppressed: 1, lastHit: at("10:59:59") },
      { ruleId: 1, hour: at("11:00:00"), forwarded: 1, suppressed: 0, lastHit: at("11:00:00") }
    ])
    yield* TestClock.adjust("1 minute")
    assert.lengthOf(state.stored, 3)
  }))

it.effect("does not count a batch again that was recorded before", () =>
  Effect.gen(function*() {
    const { batchOf, stage, state } = yield* world
    const batch = yield* batchOf([["page me", at("10:00:00")]])
    const { event: { id }, decision } = batch.evaluated[0]!.record
    yield* stage({ ...batch, recorded: new Map([[id, decision]]) })
    yield* TestClock.adjust("10 seconds")
    assert.lengthOf(state.stored, 0)
  }))

it.effect("stores what it has at its end, and loses what cannot be stored", () =>
  Effect.gen(function*() {
    const { count, state, stop } = yield* world
    state.away = true
    yield* count(["page me", at("10:00:00")])
    yield* TestClock.adjust("10 seconds")
    state.away = false
    yield* count(["log me", at("10:00:00")])
    yield* stop
    assert.deepStrictEqual(state.stored, [
      { ruleId: 2, hour: at("10:00:00"), forwarded: 0, suppressed: 1, lastHit: at("10:00:00") }
    ])
  }))

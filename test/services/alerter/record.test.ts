import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { type AuditRecord, EventAudit, EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { DecisionRecorder, DecisionRecorderLayer } from "../../../services/alerter/stages/record.ts"
import { delivery, policy, position, uuid } from "./events.ts"
import { evaluateAll } from "./stages.ts"

const at = "2026-08-22T10:00:00.000Z"

/** A table that can be away and that refuses some hosts. */
const makeTable = (poison: ReadonlySet<string> = new Set()) => {
  const state = { away: false, silent: false, statements: 0, stored: new Array<string>() }
  const record = (records: ReadonlyArray<AuditRecord>) =>
    Effect.suspend(() => {
      state.statements++
      if (state.silent) return Effect.never
      if (state.away) return Effect.fail(new EventAuditFailed({ reason: "unavailable", detail: "ConnectionError" }))
      const bad = records.find(({ event }) => poison.has(event.hostname))
      if (bad !== undefined) {
        return Effect.fail(new EventAuditFailed({ reason: "data", detail: `bad ${bad.event.hostname}` }))
      }
      state.stored.push(...records.map(({ event }) => event.id))
      return Effect.succeed(new Map())
    })
  const layer = DecisionRecorderLayer.pipe(Layer.provide(Layer.mock(EventAudit, { record })))
  return { state, layer }
}

const batch = (count: number, hosts: Readonly<Record<number, string>> = {}) =>
  Effect.map(
    evaluateAll(
      Array.from({ length: count }, (_, index) => delivery(index, { hostname: hosts[index] ?? "sw1" })),
      policy,
      at
    ),
    ({ evaluated }) => evaluated
  )

describe("recording a batch", () => {
  it.effect("is one statement", () => {
    const { layer, state } = makeTable()
    return Effect.gen(function*() {
      const { accepted, refused } = yield* (yield* DecisionRecorder).record(yield* batch(500), at)
      assert.deepStrictEqual([state.statements, accepted.length, refused.length], [1, 500, 0])
    }).pipe(Effect.provide(layer))
  })

  it.effect("leaves out only the rows that the database refuses, and says why", () => {
    const { layer, state } = makeTable(new Set(["bad1", "bad2"]))
    return Effect.gen(function*() {
      const evaluated = yield* batch(1_000, { 17: "bad1", 999: "bad2" })
      const { accepted, refused } = yield* (yield* DecisionRecorder).record(evaluated, at)
      assert.deepStrictEqual(refused, [
        { position: position(17), reason: "refused_by_database", detail: "bad bad1", at },
        { position: position(999), reason: "refused_by_database", detail: "bad bad2", at }
      ])
      assert.strictEqual(accepted.length, 998)
      assert.deepStrictEqual(state.stored, accepted.map(({ record }) => record.event.id))
      assert.isBelow(state.statements, 45)
    }).pipe(Effect.provide(layer))
  })

  it.effect("waits for a database that is away, as long as it takes, and loses nothing", () => {
    const { layer, state } = makeTable()
    return Effect.gen(function*() {
      const recorder = yield* DecisionRecorder
      state.away = true
      const fiber = yield* Effect.forkChild(recorder.record(yield* batch(3), at))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(recorder.trouble(), "ConnectionError")
      assert.isUndefined(fiber.pollUnsafe())
      state.away = false
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).accepted.length, 3)
      assert.deepStrictEqual(state.stored, [uuid(0), uuid(1), uuid(2)])
      assert.isUndefined(recorder.trouble())
    }).pipe(Effect.provide(layer))
  })

  it.effect("gives up a statement that never comes back, and offers it again", () => {
    const { layer, state } = makeTable()
    return Effect.gen(function*() {
      const recorder = yield* DecisionRecorder
      state.silent = true
      const fiber = yield* Effect.forkChild(recorder.record(yield* batch(1), at))
      yield* TestClock.adjust("31 seconds")
      assert.isDefined(recorder.trouble())
      state.silent = false
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).accepted.length, 1)
    }).pipe(Effect.provide(layer))
  })
})

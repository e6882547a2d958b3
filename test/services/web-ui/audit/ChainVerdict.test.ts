import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { AuditChain, AuditChainUnavailable } from "../../../../layers/audit/AuditChain.ts"
import { ChainVerdict } from "../../../../services/web-ui/audit/ChainVerdict.ts"
import { startVerification } from "../../../../src/logic/auditChain.ts"

/** Counts how often the chain is read. */
const chain = (readings: { count: number; isDown: boolean }) =>
  ChainVerdict.layer.pipe(Layer.provide(Layer.mock(AuditChain, {
    verify: Effect.suspend(() => {
      readings.count++
      return readings.isDown
        ? Effect.fail(new AuditChainUnavailable({ detail: "away" }))
        : Effect.succeed({ ...startVerification, checkpoints: { known: 0, signed: 0, verified: 0 }, cuts: [] })
    })
  })))

describe("the verdict about the chain", () => {
  it.effect("of before will do for ten minutes, for who says so, and tells of when it is", () => {
    const readings = { count: 0, isDown: false }
    return Effect.gen(function*() {
      const { ask } = yield* ChainVerdict
      yield* TestClock.setTime(Date.parse("2026-08-22T10:00:00Z"))
      assert.strictEqual((yield* ask(true)).verified_at, "2026-08-22T10:00:00.000Z")
      yield* TestClock.adjust("9 minutes")
      assert.strictEqual((yield* ask(true)).verified_at, "2026-08-22T10:00:00.000Z")
      assert.strictEqual(readings.count, 1)
      assert.strictEqual((yield* ask(false)).verified_at, "2026-08-22T10:09:00.000Z")
      yield* TestClock.adjust("9 minutes")
      assert.strictEqual((yield* ask(true)).verified_at, "2026-08-22T10:09:00.000Z")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* ask(true)).verified_at, "2026-08-22T10:19:00.000Z")
      assert.strictEqual(readings.count, 3)
    }).pipe(Effect.provide(chain(readings)))
  })

  it.effect("is not kept when the chain could not be read", () => {
    const readings = { count: 0, isDown: true }
    return Effect.gen(function*() {
      const { ask } = yield* ChainVerdict
      yield* Effect.flip(ask(true))
      readings.isDown = false
      assert.isTrue((yield* ask(true)).whole)
    }).pipe(Effect.provide(chain(readings)))
  })
})

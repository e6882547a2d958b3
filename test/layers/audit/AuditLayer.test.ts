import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { AuditChain, AuditChainUnavailable } from "../../../layers/audit/AuditChain.ts"
import { CheckpointsMade } from "../../../layers/audit/AuditLayer.ts"

describe("checkpoints of the audit chain", () => {
  it.effect("are made at the start and each minute, also after one that could not be", () =>
    Effect.gen(function*() {
      let made = 0
      const checkpoint = Effect.suspend(() =>
        ++made === 2 ? new AuditChainUnavailable({ detail: "gone" }) : Effect.succeed(undefined)
      )
      yield* Layer.build(CheckpointsMade.pipe(
        Layer.provide(Layer.mock(AuditChain, { checkpoint })),
        Layer.provide(Logger.layer([]))
      ))
      yield* TestClock.adjust(0)
      assert.strictEqual(made, 1)
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(made, 1)
      for (const count of [2, 3, 4]) {
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(made, count)
      }
    }))
})

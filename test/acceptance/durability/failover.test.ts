import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { failovers } from "../../../scripts/proofs/durability/failover.ts"

const silently = <A, E>(effect: Effect.Effect<A, E>) => effect.pipe(Effect.provide(Logger.layer([])))

describe("the primary of Redis dies while its replica lags", () => {
  it.live("loses no acknowledged event with INGEST_DURABILITY=replicated", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* silently(failovers("replicated", 1))).problems, [])
    }))

  it.live("loses what the replica lacks with local, or the test above proves nothing", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* silently(failovers("local", 1))).problems, [])
    }))
})

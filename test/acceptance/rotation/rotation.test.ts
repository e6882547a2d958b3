import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { controllerRotations } from "../../../scripts/proofs/rotation/controllerRotations.ts"
import { type Harness as RotationWorld, makeHarness } from "../../../scripts/proofs/rotation/Harness.ts"
import { makeJournal } from "../../../scripts/proofs/rotation/Journal.ts"
import { manualRotations, withoutFallback } from "../../../scripts/proofs/rotation/manualRotations.ts"
import { recovery } from "../../../scripts/proofs/rotation/recovery.ts"

class Harness extends Context.Service<Harness, RotationWorld>()("test/acceptance/rotation/World") {}

const tell = () => Effect.void

layer(Layer.effect(Harness, makeHarness), { excludeTestServices: true })("a rotation of passwords under load", (it) => {
  it.effect("costs no request and no event, by hand in any order and by the controller; but it does without a fallback", () =>
    Effect.gen(function*() {
      const harness = yield* Harness
      const journal = yield* makeJournal(harness.accounts.sql)
      const hand = yield* manualRotations(harness, { seed: 1, rotations: 3, tell })
      assert.deepStrictEqual(hand.proof.problems, [])
      const controlled = yield* controllerRotations(harness, journal, {
        seed: 2,
        rotations: 1,
        postings: hand.postings,
        tell
      })
      assert.deepStrictEqual(controlled.proof.problems, [])
      const found = yield* withoutFallback(harness, { seed: 3, postings: controlled.postings, tell })
      assert.match(found.DB_PASS.join("\n"), /alerter-1, started .* was not ready/)
      assert.match(found.REDIS_PASS.join("\n"), /ingestor-1, started .* was not ready/)
    }))

  it.effect("is recovered from without a restart when both values were refused and the store is corrected", () =>
    Effect.gen(function*() {
      const { problems } = yield* recovery(yield* Harness)
      assert.deepStrictEqual(problems, [])
    }))
})

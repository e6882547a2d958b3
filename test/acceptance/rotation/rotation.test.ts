import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { byHand, withoutFallback } from "../../../scripts/proofs/rotation/byHand.ts"
import { byController } from "../../../scripts/proofs/rotation/controlled.ts"
import { makeJournal } from "../../../scripts/proofs/rotation/Journal.ts"
import { recovery } from "../../../scripts/proofs/rotation/recovery.ts"
import { makeWorld, type World as RotationWorld } from "../../../scripts/proofs/rotation/World.ts"

class World extends Context.Service<World, RotationWorld>()("test/acceptance/rotation/World") {}

const tell = () => Effect.void

layer(Layer.effect(World, makeWorld), { excludeTestServices: true })("a rotation of passwords under load", (it) => {
  it.effect("costs no request and no event, by hand in any order and by the controller; but it does without a fallback", () =>
    Effect.gen(function*() {
      const world = yield* World
      const journal = yield* makeJournal(world.accounts.sql)
      const hand = yield* byHand(world, { seed: 1, rotations: 3, tell })
      assert.deepStrictEqual(hand.proof.problems, [])
      const controlled = yield* byController(world, journal, {
        seed: 2,
        rotations: 1,
        postings: hand.postings,
        tell
      })
      assert.deepStrictEqual(controlled.proof.problems, [])
      const found = yield* withoutFallback(world, { seed: 3, postings: controlled.postings, tell })
      assert.match(found.DB_PASS.join("\n"), /alerter-1, started .* was not ready/)
      assert.match(found.REDIS_PASS.join("\n"), /ingestor-1, started .* was not ready/)
    }))

  it.effect("is recovered from without a restart when both values were refused and the store is corrected", () =>
    Effect.gen(function*() {
      const { problems } = yield* recovery(yield* World)
      assert.deepStrictEqual(problems, [])
    }))
})

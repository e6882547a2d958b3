import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { byHand, withoutFallback } from "./byHand.ts"
import { recovery } from "./recovery.ts"
import { makeWorld, type World as RotationWorld } from "./World.ts"

class World extends Context.Service<World, RotationWorld>()("test/acceptance/rotation/World") {}

const tell = () => Effect.void

layer(Layer.effect(World, makeWorld), { excludeTestServices: true })("a rotation of passwords under load", (it) => {
  it.effect("by hand and in any order costs no request and no event, and without a fallback programs are shut out", () =>
    Effect.gen(function*() {
      const world = yield* World
      const { postings, proof } = yield* byHand(world, { seed: 1, rotations: 4, tell })
      assert.deepStrictEqual(proof.problems, [])
      const found = yield* withoutFallback(world, { seed: 2, postings, tell })
      assert.match(found.DB_PASS.join("\n"), /alerter-1, started .* was not ready/)
      assert.match(found.REDIS_PASS.join("\n"), /ingestor-1, started .* was not ready/)
    }))

  it.effect("is recovered from without a restart when both values were refused and the store is corrected", () =>
    Effect.gen(function*() {
      const { problems } = yield* recovery(yield* World)
      assert.deepStrictEqual(problems, [])
    }))
})

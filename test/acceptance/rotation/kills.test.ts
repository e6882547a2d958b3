import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { seeded } from "../../../scripts/bench/Random.ts"
import { makeJournal } from "../../../scripts/proofs/rotation/Journal.ts"
import { controllerDies, type Death } from "../../../scripts/proofs/rotation/kills.ts"
import { makeWorld, type World as RotationWorld } from "../../../scripts/proofs/rotation/World.ts"

class World extends Context.Service<World, RotationWorld>()("test/acceptance/rotation/KillsWorld") {}

const tell = () => Effect.void

/** Two of the many that `npm run rotation-proof` plays: the server is told and nobody knows; half of the way out. */
const deaths: ReadonlyArray<Death> = [
  { name: "DB_PASS", step: "apply", point: "done" },
  { name: "REDIS_PASS", step: "retire", point: "between" }
]

layer(Layer.effect(World, makeWorld), { excludeTestServices: true })("a rotation whose controller is killed", (it) => {
  it.effect("is taken up by another process when the controller is killed in the middle of a step", () =>
    Effect.gen(function*() {
      const world = yield* World
      const journal = yield* makeJournal(world.accounts.sql)
      const { problems } = yield* controllerDies(world, journal, { deaths, random: seeded(1), tell })
      assert.deepStrictEqual(problems, [])
    }))
})

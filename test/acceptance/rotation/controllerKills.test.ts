import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { seeded } from "../../../scripts/bench/Random.ts"
import { controllerKills, type Kill } from "../../../scripts/proofs/rotation/controllerKills.ts"
import { type Harness as RotationWorld, makeHarness } from "../../../scripts/proofs/rotation/Harness.ts"
import { makeJournal } from "../../../scripts/proofs/rotation/Journal.ts"

class Harness extends Context.Service<Harness, RotationWorld>()("test/acceptance/rotation/KillsWorld") {}

const tell = () => Effect.void

/** Two of the many that `npm run rotation-proof` plays: the server is told and nobody knows; half of the way out. */
const kills: ReadonlyArray<Kill> = [
  { name: "DB_PASS", step: "apply", point: "done" },
  { name: "REDIS_PASS", step: "retire", point: "between" }
]

layer(Layer.effect(Harness, makeHarness), { excludeTestServices: true })(
  "a rotation whose controller is killed",
  (it) => {
    it.effect("is taken up by another process when the controller is killed in the middle of a step", () =>
      Effect.gen(function*() {
        const harness = yield* Harness
        const journal = yield* makeJournal(harness.accounts.sql)
        const { problems } = yield* controllerKills(harness, journal, { kills, random: seeded(1), tell })
        assert.deepStrictEqual(problems, [])
      }))
  }
)

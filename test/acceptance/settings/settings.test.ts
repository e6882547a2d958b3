import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SettingsWorldLayer } from "../../services/web-ui/settingsWorld.ts"
import { propagation, refusals, repairs } from "./proofs.ts"

layer(SettingsWorldLayer(), { excludeTestServices: true, timeout: 120_000 })(
  "settings, seen by other processes",
  (it) => {
    it.effect("reach every one of them by each change", () =>
      Effect.gen(function*() {
        assert.lengthOf(yield* propagation(3, 10), 10)
      }))

    it.effect("reach them also when the announcement is lost, or Redis is restored from an old copy", () =>
      Effect.gen(function*() {
        assert.lengthOf(yield* repairs(2, 6), 6)
      }))

    it.effect("are never bad ones, whichever way those come", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* refusals(30), { api: 30, injected: 30, unchanged: true })
      }))
  }
)

import { assert, it } from "@effect/vitest"
import { Effect, type Layer, Redacted, type Scope } from "effect"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"

/** What every store promises. `make` gives a store that holds these values. */
export const secretStoreSuite = <E>(
  make: (
    values: Readonly<Record<string, string>>
  ) => Effect.Effect<Layer.Layer<SecretStore, E>, never, Scope.Scope>
) => {
  const read = (values: Readonly<Record<string, string>>) =>
    Effect.gen(function*() {
      const found = yield* SecretStore.use((store) => store.read).pipe(
        Effect.provide(yield* make(values), { local: true })
      )
      return new Map([...found].map(([name, value]) => [name, Redacted.value(value)]))
    })

  it.effect("reads every secret by its name", () =>
    Effect.gen(function*() {
      const values = {
        DB_USER: "mutt_app",
        DB_PASS_CURRENT: "a b=c\"$",
        REDIS_PASS: "legacy",
        INGEST_API_KEY_NEXT: "k2",
        API_KEY_OPERATOR_NOC_TEAM: "k3",
        API_KEY_OPERATOR_NOC: "k4"
      }
      assert.deepStrictEqual(Object.fromEntries(yield* read(values)), values)
    }))

  it.effect("takes an empty value for an absent one", () =>
    Effect.gen(function*() {
      const found = yield* read({ DB_PASS_CURRENT: "x", DB_PASS_NEXT: "", WEBUI_API_KEY: "" })
      assert.deepStrictEqual([...found.keys()], ["DB_PASS_CURRENT"])
    }))

  it.effect("never shows a value that is printed", () =>
    Effect.gen(function*() {
      const layer = yield* make({ DB_PASS_CURRENT: "canary" })
      const found = yield* SecretStore.use((store) => store.read).pipe(Effect.provide(layer, { local: true }))
      assert.notInclude(JSON.stringify([...found]) + String([...found]), "canary")
    }))
}

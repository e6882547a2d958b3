import { assert, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, type Scope } from "effect"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"

/** Gives a store that holds these values. */
type Make<E> = (
  values: Readonly<Record<string, string>>
) => Effect.Effect<Layer.Layer<SecretStore, E>, never, Scope.Scope>

const read = <E>(make: Make<E>, values: Readonly<Record<string, string>>) =>
  Effect.flatMap(
    make(values),
    (layer) => SecretStore.use((store) => store.read).pipe(Effect.provide(layer, { local: true }))
  )

/** What every store promises. */
export const storePromises = [
  {
    name: "reads every secret by its name",
    promise: <E>(make: Make<E>) =>
      Effect.gen(function*() {
        const values = {
          DB_USER: "mutt_app",
          DB_PASS_CURRENT: "a b=c\"$",
          REDIS_PASS: "legacy",
          INGEST_API_KEY_NEXT: "k2",
          API_KEY_OPERATOR_NOC_TEAM: "k3",
          API_KEY_OPERATOR_NOC: "k4",
          INGEST_API_KEY_FROM: "10.0.0.0/8",
          API_KEY_OPERATOR_NOC_FROM: "::1"
        }
        const found = [...yield* read(make, values)].map(([name, value]) => [name, Redacted.value(value)] as const)
        assert.deepStrictEqual(Object.fromEntries(found), values)
      })
  },
  {
    name: "takes an empty value for an absent one",
    promise: <E>(make: Make<E>) =>
      Effect.gen(function*() {
        const found = yield* read(make, { DB_PASS_CURRENT: "x", DB_PASS_NEXT: "", WEBUI_API_KEY: "" })
        assert.deepStrictEqual([...found.keys()], ["DB_PASS_CURRENT"])
        // An empty list of addresses would open what it was to close.
        const lists = yield* read(make, { INGEST_API_KEY_FROM: "", API_KEY_ADMIN_X_FROM: "" })
        assert.sameMembers([...lists.keys()], ["INGEST_API_KEY_FROM", "API_KEY_ADMIN_X_FROM"])
      })
  },
  {
    name: "serves a process as its secrets",
    promise: <E>(make: Make<E>) =>
      Effect.gen(function*() {
        const store = yield* make({
          DB_PASS_CURRENT: "a",
          DB_PASS_NEXT: "b",
          REDIS_PASS: "c",
          VIEWER_API_KEY: "d".repeat(16)
        })
        const context = yield* Layer.build(Layer.fresh(SecretsFromStore.pipe(Layer.provide(store))))
        const secrets = Context.get(context, Secrets)
        const passwords = [...yield* secrets.candidates("DB_PASS"), ...yield* secrets.candidates("REDIS_PASS")]
        assert.deepStrictEqual(passwords.map(({ slot, value }) => `${slot} ${Redacted.value(value)}`), [
          "CURRENT a",
          "NEXT b",
          "CURRENT c"
        ])
        assert.deepStrictEqual((yield* secrets.apiKeys).map(({ caller }) => caller.role), ["viewer"])
        assert.isFalse((yield* secrets.status).stale)
      }).pipe(Effect.orDie)
  },
  {
    name: "never shows a value that is printed",
    promise: <E>(make: Make<E>) =>
      Effect.gen(function*() {
        const found = yield* read(make, { DB_PASS_CURRENT: "canary" })
        assert.notInclude(JSON.stringify([...found]) + String([...found]), "canary")
      })
  }
]

export const secretStoreSuite = <E>(make: Make<E>) => {
  for (const { name, promise } of storePromises) it.effect(name, () => promise(make))
}

import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import type { KeyItem } from "../../../src/api/web-ui/Keys.ts"
import { DynamicConfigFixed, staticOf } from "../../layers/http/harness.ts"
import { makeSecretStoreMemory } from "../../layers/secret/SecretStoreMemory.ts"
import { call, running, Stores } from "./harness.ts"

const value = (name: string) => `${name}-key-of-the-list`
const store = {
  VIEWER_API_KEY: value("viewer"),
  ADMIN_API_KEY_CURRENT: value("admin"),
  ADMIN_API_KEY_NEXT: value("admin-next"),
  ADMIN_API_KEY_PREVIOUS: value("admin-previous"),
  API_KEY_INGEST_BRANCH_7: value("branch"),
  DB_PASS: "password-of-the-list",
  MOOG_API_KEY: value("moog")
}

const World = AuthenticationLayer.pipe(
  Layer.provideMerge(SecretsFromStore),
  Layer.provide(Layer.unwrap(Effect.map(makeSecretStoreMemory(store), ({ layer }) => layer))),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(staticOf("web-ui")),
  Layer.provide(Logger.layer([]))
)

const list = (key: string) => call("GET", "/api/v1/keys", { key: value(key) })

layer(running(Stores, World), { excludeTestServices: true })("the list of keys", (it) => {
  it.effect("has the keys that let callers in, their roles and slots, and no value", () =>
    Effect.gen(function*() {
      const { body, status } = yield* list("admin")
      assert.strictEqual(status, 200)
      const keys: ReadonlyArray<KeyItem> = body.keys
      assert.deepStrictEqual(
        keys.map(({ name, role, secret, slots }) => [secret, name, role, slots.map(({ slot }) => slot)]),
        [
          ["ADMIN_API_KEY", "admin", "admin", ["CURRENT", "NEXT"]],
          ["API_KEY_INGEST_BRANCH_7", "branch-7", "ingest", ["CURRENT"]],
          ["VIEWER_API_KEY", "viewer", "viewer", ["CURRENT"]]
        ]
      )
      const text = JSON.stringify(body)
      for (const secret of Object.values(store)) assert.notInclude(text, secret)
    }))

  it.effect("names values for admins alone, in digits that no guess can be tried on", () =>
    Effect.gen(function*() {
      const printsOf = (body: { readonly keys: ReadonlyArray<KeyItem> }) =>
        body.keys.flatMap(({ slots }) => slots.map(({ fingerprint }) => fingerprint))
      const seen = printsOf((yield* list("admin")).body)
      assert.isTrue(seen.every((print) => /^[0-9a-f]{8}$/.test(print ?? "")))
      assert.strictEqual(new Set(seen).size, 4)
      // A plain hash of the value would let whoever has a list of guesses try them.
      for (const secret of Object.values(store)) {
        const hash = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)))
        assert.notInclude(seen, Buffer.from(hash).toString("hex").slice(0, 8))
      }
      assert.deepStrictEqual(printsOf((yield* list("viewer")).body), [null, null, null, null])
    }))

  it.effect("says when, from where and how often a key was used, since when this process has counted", () =>
    Effect.gen(function*() {
      const keyOf = ({ body }: { readonly body: { readonly keys: ReadonlyArray<KeyItem> } }, name: string) =>
        body.keys.find((key) => key.name === name)
      const before = keyOf(yield* list("viewer"), "admin")
      yield* list("admin")
      yield* list("admin-next")
      yield* call("GET", "/api/v1/keys", { key: value("admin-previous") })
      const answer = yield* list("viewer")
      const after = keyOf(answer, "admin")
      assert.strictEqual(after?.calls_24h, (before?.calls_24h ?? 0) + 2)
      assert.match(after?.last_used_from ?? "", /127\.0\.0\.1|::1/)
      assert.isAtLeast(Date.parse(after?.last_used_at ?? ""), Date.parse(answer.body.since))
      assert.strictEqual(answer.body.instance, "test-1")
      const unused = { last_used_at: null, last_used_from: null, calls_24h: 0 }
      assert.deepInclude(keyOf(answer, "branch-7"), unused)
    }))
})

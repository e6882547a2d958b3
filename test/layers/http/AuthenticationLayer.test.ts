import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, SubscriptionRef } from "effect"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import type { ApiKey } from "../../../layers/secret/Secrets.ts"
import { keys, secretsOf } from "./world.ts"

const withKeys = <A, E>(
  start: ReadonlyArray<ApiKey>,
  use: (
    authentication: Authentication["Service"],
    ref: SubscriptionRef.SubscriptionRef<ReadonlyArray<ApiKey>>
  ) => Effect.Effect<A, E>
) =>
  Effect.gen(function*() {
    const ref = yield* SubscriptionRef.make(start)
    return yield* Authentication.use((authentication) => use(authentication, ref)).pipe(
      Effect.provide(AuthenticationLayer.pipe(Layer.provide(secretsOf(ref))))
    )
  })

const key = (name: string, value: string): ApiKey => ({
  caller: { name, role: "ingest" },
  value: Redacted.make(value)
})

describe("keys", () => {
  it.effect("say who is calling, from either header", () =>
    withKeys(keys, (authentication) =>
      Effect.sync(() => {
        assert.deepStrictEqual(authentication.identify({ "x-api-key": "viewer-key-of-tests" }), {
          name: "wall",
          role: "viewer"
        })
        assert.strictEqual(authentication.identify({ authorization: "Bearer admin-key-of-tests" })?.name, "root")
        assert.strictEqual(authentication.identify({ authorization: "bearer admin-key-of-tests" })?.name, "root")
        assert.strictEqual(authentication.identify({ authorization: "Basic admin-key-of-tests" }), undefined)
        assert.strictEqual(authentication.identify({}), undefined)
      })))

  it.effect("of any shape are refused unless they are known", () =>
    withKeys([...keys, key("empty", "")], (authentication) =>
      Effect.sync(() => {
        for (
          const wrong of [
            "",
            " ",
            "schlüssel",
            "\u{1f511}",
            "\ud800",
            "viewer-key-of-tests, viewer-key-of-tests",
            "x".repeat(16_000)
          ]
        ) {
          assert.strictEqual(authentication.identify({ "x-api-key": wrong }), undefined, wrong.slice(0, 20))
        }
      })))

  it.effect("are good in both slots, and known or gone as soon as the store says so", () =>
    withKeys([key("old", "current"), key("old", "next")], (authentication, ref) =>
      Effect.gen(function*() {
        const named = (value: string) => authentication.identify({ "x-api-key": value })?.name
        assert.deepStrictEqual([named("current"), named("next"), named("newer")], ["old", "old", undefined])
        yield* SubscriptionRef.set(ref, [key("old", "next"), key("old", "newer")])
        yield* Effect.yieldNow.pipe(Effect.repeat({ until: () => named("newer") !== undefined }))
        assert.deepStrictEqual([named("current"), named("next"), named("newer")], [undefined, "old", "old"])
      })))

  it.effect("do what their role may, and nothing more", () =>
    withKeys(keys, (authentication) =>
      Effect.gen(function*() {
        const may = (value: string, role: "ingest" | "viewer" | "operator" | "admin") =>
          Effect.map(Effect.result(authentication.require({ "x-api-key": value }, role)), ({ _tag }) =>
            _tag === "Success")
        const table = yield* Effect.forEach(
          ["ingest-key-of-tests", "viewer-key-of-tests", "operator-key-of-tests", "admin-key-of-tests"],
          (value) =>
            Effect.all([may(value, "ingest"), may(value, "viewer"), may(value, "operator"), may(value, "admin")])
        )
        assert.deepStrictEqual(table, [
          [true, false, false, false],
          [false, true, false, false],
          [false, true, true, false],
          [true, true, true, true]
        ])
        const refused = yield* Effect.flip(authentication.require({ "x-api-key": "viewer-key-of-tests" }, "admin"))
        assert.deepInclude({ ...refused }, { caller: "wall", needs: "admin" })
        assert.strictEqual((yield* Effect.flip(authentication.require({}, "viewer")))._tag, "KeyRefused")
      })))
})

import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, SubscriptionRef } from "effect"
import { defaultFailureLimits } from "../../../layers/environment/authSettings.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { DynamicConfigFixed, keys, secretsOf, staticOf } from "../../layers/http/harness.ts"
import { call, running, Stores } from "./harness.ts"

const World = AuthenticationLayer.pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(SubscriptionRef.make(keys), secretsOf))),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(staticOf("web-ui", defaultFailureLimits))
)

layer(running(Stores, World).pipe(Layer.provide(Logger.layer([]))), { excludeTestServices: true })(
  "whoever guesses keys",
  (it) => {
    it.effect("is told to wait, wherever it asks, and keeps nobody out who has a key", () =>
      Effect.gen(function*() {
        const guess = (path: string) => call("GET", path, { key: "a-guess-of-a-key" })
        const first = yield* Effect.forEach(Array.from({ length: 20 }), () => guess("/api/v1/rules"))
        assert.isTrue(first.every(({ status }) => status === 401))
        for (const path of ["/api/v1/rules", "/api/v2/config/stream", "/admin/config"]) {
          const { body, headers, status } = yield* guess(path)
          assert.deepStrictEqual([status, body._tag, body.title], [429, "TooManyFailures", "Too Many Requests"], path)
          assert.match(headers["retry-after"] ?? "", /^\d+$/)
          assert.isString(body.correlation_id)
        }
        for (const path of ["/api/v1/rules", "/admin/config"]) {
          assert.strictEqual((yield* call("GET", path)).status, 200)
        }
        assert.strictEqual((yield* call("GET", "/api/v1/rules", { key: "" })).status, 401)
        const { body } = yield* call("GET", "/metrics", { key: "" })
        assert.match(String(body), /^mutt_auth_limited_total \d+$/m)
      }))
  }
)

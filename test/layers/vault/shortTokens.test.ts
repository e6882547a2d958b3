import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { makeLogin } from "../../../layers/vault/login.ts"
import type { Send } from "../../../layers/vault/request.ts"
import { VaultFailed } from "../../../layers/vault/Vault.ts"

const files = FileSystem.layerNoop({ readFileString: () => Effect.succeed("token of the service account") })

/** A Vault whose tokens live for so many seconds, the first and all after it; what it is asked, and when. */
const server = (...lives: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const asked: Array<string> = []
    let given = 0
    const send: Send = (operation) =>
      Effect.gen(function*() {
        if (operation === "lookup") return yield* refused
        asked.push(operation)
        const lease_duration = lives[Math.min(given++, lives.length - 1)]
        return { auth: { client_token: `token-${given}`, lease_duration, renewable: true } }
      })
    const login = yield* makeLogin(() => send, { auth: "kubernetes", role: "mutt-programs", tokenFile: "token" })
    const use = (forgotten = "") => login.withToken((token) => token === forgotten ? refused : Effect.succeed(token))
    return { asked, use, renewals: () => asked.filter((operation) => operation === "renew").length }
  })

const refused = Effect.fail(new VaultFailed({ operation: "read", reason: "refused", status: 403 }))

const world = Layer.merge(files, Logger.layer([]))

it.effect("A token that lives for two seconds is renewed before it ends, from its first one on", () =>
  Effect.gen(function*() {
    const { asked, renewals, use } = yield* server(2)
    // The loop that renews is at work before somebody wants a token.
    yield* TestClock.adjust("100 millis")
    yield* use()
    for (let second = 0; second < 10; second++) {
      const before = renewals()
      yield* TestClock.adjust("1400 millis")
      assert.isAbove(renewals(), before)
    }
    assert.deepStrictEqual(asked.filter((operation) => operation === "login"), ["login"])
  }).pipe(Effect.scoped, Effect.provide(world)))

it.effect("So is one that took the place of a token that lived for long", () =>
  Effect.gen(function*() {
    const { asked, renewals, use } = yield* server(3_600, 2)
    yield* use()
    yield* TestClock.adjust("4 seconds")
    assert.strictEqual(yield* use("token-1"), "token-2")
    assert.deepStrictEqual(asked, ["login", "login"])
    yield* TestClock.adjust("1400 millis")
    assert.strictEqual(renewals(), 1)
  }).pipe(Effect.scoped, Effect.provide(world)))

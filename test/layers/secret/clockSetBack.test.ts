import { assert, it } from "@effect/vitest"
import { Clock, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { settableClock } from "../../support/settableClock.ts"
import { makeSecretStoreMemory } from "./SecretStoreMemory.ts"

it.effect("secrets follow their store within seconds, also when the clock was set back by a day", () =>
  Effect.gen(function*() {
    const { clock, setBack } = yield* settableClock
    yield* Effect.gen(function*() {
      const store = yield* makeSecretStoreMemory({ DB_PASS_CURRENT: "a" })
      const context = yield* Layer.build(SecretsFromStore.pipe(Layer.provide(store.layer)))
      yield* TestClock.adjust("500 millis")
      yield* setBack(86_400_000)
      yield* store.set({ DB_PASS_CURRENT: "b" })
      yield* TestClock.adjust("2 seconds")
      const candidates = yield* Secrets.use((secrets) => secrets.candidates("DB_PASS")).pipe(Effect.provide(context))
      assert.deepStrictEqual(candidates.map(({ value }) => Redacted.value(value)), ["b"])
    }).pipe(Effect.provideService(Clock.Clock, clock))
  }))

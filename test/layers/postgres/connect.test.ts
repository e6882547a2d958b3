import { assert, it } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { createServer } from "node:net"
import { makeConnect } from "../../../layers/postgres/connect.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { listening } from "../../support/listening.ts"
import { settableClock } from "../../support/settableClock.ts"
import { staticConfig } from "../connections.ts"
import { makeSecretStoreMemory } from "../secret/SecretStoreMemory.ts"

/** A server that hangs up on everybody, and how many have come. */
const hangingUp = Effect.gen(function*() {
  let calls = 0
  const port = yield* listening(createServer((socket) => {
    calls++
    socket.destroy()
  }))
  return { port, calls: () => calls }
})

it.live("PostgreSQL that was away is asked again at once, also when the clock was set back by a day", () =>
  Effect.gen(function*() {
    const { clock, setBack } = yield* settableClock
    const { calls, port } = yield* hangingUp
    yield* Effect.gen(function*() {
      const store = yield* makeSecretStoreMemory({ DB_USER: "somebody", DB_PASS: "something" })
      const context = yield* Layer.build(SecretsFromStore.pipe(Layer.provide(store.layer)))
      const secrets = yield* Effect.provide(Secrets, context)
      const { open } = yield* makeConnect({ config: staticConfig({ postgres: { port } }), secrets, ca: undefined })
      yield* Effect.flip(Effect.scoped(open))
      const before = calls()
      yield* setBack(86_400_000)
      yield* Effect.flip(Effect.scoped(open))
      assert.isAbove(calls(), before)
    }).pipe(Effect.provideService(Clock.Clock, clock))
  }))

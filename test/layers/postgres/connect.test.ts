import { assert, it } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { type AddressInfo, createServer } from "node:net"
import { makeConnect } from "../../../layers/postgres/connect.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { makeSecretStoreMemory } from "../../../layers/secret/SecretStoreMemory.ts"
import { settableClock } from "../../support/settableClock.ts"
import { staticConfig } from "../connections.ts"

/** A server that hangs up on everybody, and how many have come. */
const hangingUp = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly calls: () => number; readonly close: () => void }>((resume) => {
    let calls = 0
    const server = createServer((socket) => {
      calls++
      socket.destroy()
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ port, calls: () => calls, close: () => void server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

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

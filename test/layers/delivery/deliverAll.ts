import { Console, Effect, Layer } from "effect"
import { Receiver } from "../../../layers/delivery/Receiver.ts"
import { receivers } from "../../../layers/delivery/receivers.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { makeSecretStoreMemory } from "../secret/SecretStoreMemory.ts"
import { alertOf } from "./alerts.ts"

/** Run by itself under a runtime: delivers one alert to each URL given and prints what came of it, a line of JSON each. */
const deliver = (url: string) =>
  Effect.gen(function*() {
    const store = yield* makeSecretStoreMemory({ MOOG_API_KEY_CURRENT: "old-key", MOOG_API_KEY_NEXT: "moog-key" })
    const layer = receivers.moogsoft({
      url: new URL(url),
      timeoutMs: url.endsWith("/slow") ? 500 : 10_000,
      version: "3.0.0"
    }).pipe(
      Layer.provide(SecretsFromStore.pipe(Layer.provide(store.layer)))
    )
    const result = yield* Receiver.use((platform) => platform.deliver(alertOf("a-1"))).pipe(Effect.provide(layer))
    yield* Console.log(JSON.stringify(result))
  })

Effect.runFork(Effect.forEach(process.argv.slice(2), deliver, { discard: true }))

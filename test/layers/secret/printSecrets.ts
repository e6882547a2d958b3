import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Redacted } from "effect"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"
import { SecretStoreEnv } from "../../../layers/secret/SecretStoreEnv.ts"

/** Says on stdout what the environment of this process holds, as a process of ours reads it. */
SecretStore.use((store) => store.read).pipe(
  Effect.flatMap((values) =>
    Console.log(JSON.stringify([...values].map(([name, value]) => [name, Redacted.value(value)])))
  ),
  Effect.provide(SecretStoreEnv),
  NodeRuntime.runMain
)

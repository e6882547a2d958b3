import { describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { makeInstancesMemory } from "./InstancesMemory.ts"
import { makeSecretInstancesMemory } from "./SecretInstancesMemory.ts"
import { secretPromises } from "./secretInstancesSuite.ts"

describe("SecretInstancesMemory", () => {
  for (const { name, promise } of secretPromises) {
    it.effect(name, () =>
      Effect.gen(function*() {
        const [registry, secrets] = [yield* makeInstancesMemory, yield* makeSecretInstancesMemory]
        yield* promise({
          process: (program, instance) => Layer.provideMerge(secrets.layer, registry.process(program, instance)),
          forget: Effect.andThen(registry.forget, secrets.forget),
          silence: (seconds) => TestClock.adjust(`${seconds} seconds`)
        })
      }))
  }
})

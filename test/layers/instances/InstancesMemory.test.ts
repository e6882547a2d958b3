import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { makeInstancesMemory } from "./InstancesMemory.ts"
import { registryPromises } from "./instancesSuite.ts"

describe("InstancesMemory", () => {
  for (const { name, promise } of registryPromises) {
    it.effect(
      name,
      () =>
        Effect.flatMap(
          makeInstancesMemory,
          ({ process }) => promise({ process, silence: (seconds) => TestClock.adjust(`${seconds} seconds`) })
        )
    )
  }
})

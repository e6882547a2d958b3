import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { makeSecretInstancesMemory } from "../../../layers/instances/SecretInstancesMemory.ts"
import { boardPromises } from "./secretInstancesSuite.ts"

describe("SecretInstancesMemory", () => {
  for (const { name, promise } of boardPromises) {
    it.effect(
      name,
      () =>
        Effect.flatMap(
          makeSecretInstancesMemory,
          (board) => promise({ ...board, silence: (seconds) => TestClock.adjust(`${seconds} seconds`) })
        )
    )
  }
})

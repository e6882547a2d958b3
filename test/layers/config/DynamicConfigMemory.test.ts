import { Effect, Layer } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { makeDynamicConfigMemory } from "./DynamicConfigMemory.ts"
import { Adapter, dynamicConfigSuite } from "./dynamicConfigSuite.ts"

dynamicConfigSuite(
  "memory",
  Layer.succeed(Adapter, {
    open: Effect.fnUntraced(function*(values) {
      const { layer, set, setHostZones } = yield* makeDynamicConfigMemory(values)
      return { config: yield* Effect.provide(DynamicConfig, yield* Layer.build(layer)), set, setHostZones }
    })
  })
)

import { Effect, Layer } from "effect"
import { ConfigInstancesRedis } from "./ConfigInstancesRedis.ts"
import { DynamicConfigRedis } from "./DynamicConfigRedis.ts"
import { LastKnownGoodNone } from "./LastKnownGood.ts"
import { LastKnownGoodFile } from "./LastKnownGoodFile.ts"
import { StaticConfig } from "./StaticConfig.ts"

const LastKnownGoodLayer = Layer.unwrap(
  Effect.map(
    StaticConfig,
    ({ lastKnownGood }) => lastKnownGood === undefined ? LastKnownGoodNone : LastKnownGoodFile(lastKnownGood)
  )
)

/** The dynamic settings of a program, hot: read from Redis, followed while it runs, and acknowledged. */
export const ConfigLayer = DynamicConfigRedis.pipe(
  Layer.provide(LastKnownGoodLayer),
  Layer.provideMerge(ConfigInstancesRedis)
)

import { Effect, Layer } from "effect"
import { StaticConfig } from "../environment/Environment.ts"
import { LastKnownGoodNone } from "./ConfigCache.ts"
import { LastKnownGoodFile } from "./ConfigCacheFile.ts"
import { ConfigInstancesRedis } from "./ConfigRolloutRedis.ts"
import { DynamicConfigRedis } from "./DynamicConfigRedis.ts"

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

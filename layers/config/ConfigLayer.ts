import { Effect, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import { ConfigCacheNone } from "./ConfigCache.ts"
import { ConfigCacheFile } from "./ConfigCacheFile.ts"
import { ConfigRollout } from "./ConfigRollout.ts"
import { DynamicConfigRedis } from "./DynamicConfigRedis.ts"

const LastKnownGoodLayer = Layer.unwrap(
  Effect.map(
    Environment,
    ({ lastKnownGood: cache }) => cache === undefined ? ConfigCacheNone : ConfigCacheFile(cache)
  )
)

/** The dynamic settings of a program, hot: read from Redis, followed while it runs, and acknowledged. */
export const ConfigLayer = DynamicConfigRedis.pipe(
  Layer.provide(LastKnownGoodLayer),
  Layer.merge(ConfigRollout.layer)
)

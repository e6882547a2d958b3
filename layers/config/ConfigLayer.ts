import { Effect, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import { ConfigCacheNone } from "./ConfigCache.ts"
import { ConfigCacheFile } from "./ConfigCacheFile.ts"
import { ConfigRollout } from "./ConfigRollout.ts"
import { DynamicConfigRedis } from "./DynamicConfigRedis.ts"

const ConfigCacheLayer = Layer.unwrap(
  Effect.map(
    Environment,
    ({ lastKnownGood }) => lastKnownGood === undefined ? ConfigCacheNone : ConfigCacheFile(lastKnownGood)
  )
)

/** Reads the live settings of a program from Redis, follows them, and reports which version it has in force. */
export const ConfigLayer = DynamicConfigRedis.pipe(
  Layer.provide(ConfigCacheLayer),
  Layer.merge(ConfigRollout.layer)
)

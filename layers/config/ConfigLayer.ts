import { Layer } from "effect"
import { ConfigInstancesRedis } from "./ConfigInstancesRedis.ts"
import { DynamicConfigLayer } from "./DynamicConfigLayer.ts"

/** The dynamic settings of a program, hot: read from Redis, followed while it runs, and acknowledged. */
export const ConfigLayer = DynamicConfigLayer.pipe(Layer.provideMerge(ConfigInstancesRedis))

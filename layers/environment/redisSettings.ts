import { Config } from "effect"
import { addresses, addressesOf } from "./addresses.ts"
import type { RedisAddress } from "./Environment.ts"
import { optionalSetting, type ValuesOf } from "./setting.ts"

/** `INGEST_QUEUE_NAME`, where it is not set. */
export const defaultQueueName = "mutt:{ingest}"

export const redisSettings = {
  redisSentinels: optionalSetting("REDIS_SENTINELS", addresses),
  redisSentinelMaster: optionalSetting("REDIS_SENTINEL_MASTER", Config.NonEmptyString),
  redisCluster: optionalSetting("REDIS_CLUSTER_NODES", addresses)
}

type Values = Partial<ValuesOf<typeof redisSettings>>

/** Settings that contradict each other. */
export const redisProblems = ({ redisCluster, redisSentinelMaster, redisSentinels }: Values): ReadonlyArray<string> => [
  ...(redisSentinels !== undefined && redisCluster !== undefined
    ? ["REDIS_SENTINELS and REDIS_CLUSTER_NODES are both set: Redis is behind sentinels or a cluster, not both."]
    : []),
  ...(redisSentinels !== undefined && redisSentinelMaster === undefined
    ? ["REDIS_SENTINEL_MASTER is not set, and REDIS_SENTINELS needs it."]
    : []),
  ...(redisSentinels === undefined && redisSentinelMaster !== undefined
    ? ["REDIS_SENTINELS is not set, and REDIS_SENTINEL_MASTER needs it."]
    : [])
]

/** The sentinels or nodes that know where Redis is, if it is not at one address. */
export const redisTopology = (values: Values): Pick<RedisAddress, "sentinels" | "cluster"> => ({
  sentinels: values.redisSentinels === undefined || values.redisSentinelMaster === undefined
    ? undefined
    : { master: values.redisSentinelMaster, nodes: addressesOf(values.redisSentinels) },
  cluster: values.redisCluster === undefined ? undefined : addressesOf(values.redisCluster)
})

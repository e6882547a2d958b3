import { Config, Schema } from "effect"
import type { HostAndPort, RedisAddress } from "./Environment.ts"
import { optionalSetting, type ValuesOf } from "./setting.ts"

/** `INGEST_QUEUE_NAME`, where it is not set. */
export const defaultQueueName = "mutt:{ingest}"

const most = 100

/** `host:port`, with an IPv6 address in brackets. */
const hostAndPort = (text: string): HostAndPort | undefined => {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]]{1,253})):(\d{1,5})$/.exec(text) ?? []
  const [host, port] = [bracketed ?? plain, Number(digits)]
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port }
}

const parts = (text: string): ReadonlyArray<string> => text.split(",").map((part) => part.trim())

const nodesOf = (text: string): ReadonlyArray<HostAndPort> => parts(text).flatMap((part) => hostAndPort(part) ?? [])

const Nodes = Schema.String.check(
  Schema.makeFilter((text) => {
    const all = parts(text)
    if (all.length > most) return `Expected at most ${most} nodes`
    const wrong = all.find((part) => hostAndPort(part) === undefined)
    return wrong === undefined || `Expected host:port,host:port,… and not "${wrong.slice(0, 100)}"`
  })
)
const nodes = (name: string) => Config.schema(Nodes, name)

export const redisSettings = {
  redisSentinels: optionalSetting("REDIS_SENTINELS", nodes),
  redisSentinelMaster: optionalSetting("REDIS_SENTINEL_MASTER", Config.NonEmptyString),
  redisCluster: optionalSetting("REDIS_CLUSTER_NODES", nodes)
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
    : { master: values.redisSentinelMaster, nodes: nodesOf(values.redisSentinels) },
  cluster: values.redisCluster === undefined ? undefined : nodesOf(values.redisCluster)
})

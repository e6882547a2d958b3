import { redisSentinelSuite } from "./redisSentinelSuite.ts"

redisSentinelSuite("redis")

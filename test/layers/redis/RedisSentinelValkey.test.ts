import { redisSentinelSuite } from "./redisSentinelSuite.ts"

redisSentinelSuite("valkey")

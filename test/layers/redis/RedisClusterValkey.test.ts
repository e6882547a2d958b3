import { redisClusterSuite } from "./redisClusterSuite.ts"

redisClusterSuite("valkey")

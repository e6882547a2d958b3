import { redisClusterSuite } from "./redisClusterSuite.ts"

redisClusterSuite("redis")

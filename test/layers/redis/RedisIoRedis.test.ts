import { redisIoSuite } from "./redisIoSuite.ts"

redisIoSuite("redis")

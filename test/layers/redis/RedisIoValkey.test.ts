import { redisIoSuite } from "./redisIoSuite.ts"

redisIoSuite("valkey")

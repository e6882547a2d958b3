import { redisRotationSuite } from "./redisRotationSuite.ts"

redisRotationSuite("redis")

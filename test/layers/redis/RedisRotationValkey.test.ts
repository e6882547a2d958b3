import { redisRotationSuite } from "./redisRotationSuite.ts"

redisRotationSuite("valkey")

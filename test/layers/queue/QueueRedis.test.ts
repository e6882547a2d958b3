import { queueSuite } from "./queueSuite.ts"
import { inRedis } from "./world.ts"

queueSuite("Redis", inRedis("redis"))

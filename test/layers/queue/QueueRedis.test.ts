import { queueSuite } from "./queueSuite.ts"
import { serverSuite } from "./serverSuite.ts"
import { inRedis } from "./world.ts"

queueSuite("Redis", inRedis("redis"))
serverSuite("redis")

import { queueSuite } from "./queueSuite.ts"
import { serverSuite } from "./serverSuite.ts"
import { inRedis } from "./world.ts"

queueSuite("Valkey", inRedis("valkey"))
serverSuite("valkey")

import { needs } from "../../support/needs.ts"
import { queueSuite } from "./queueSuite.ts"
import { serverSuite } from "./serverSuite.ts"
import { inRedis } from "./world.ts"

needs(["redis"], () => {
  queueSuite("Redis", inRedis("redis"))
  serverSuite("redis")
})

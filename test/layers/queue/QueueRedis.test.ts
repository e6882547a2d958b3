import { needs } from "../../support/needs.ts"
import { inRedis } from "./harness.ts"
import { queueSuite } from "./queueSuite.ts"
import { serverSuite } from "./serverSuite.ts"

needs(["redis"], () => {
  queueSuite("Redis", inRedis("redis"))
  serverSuite("redis")
})

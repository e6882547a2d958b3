import { needs } from "../../support/needs.ts"
import { redisSentinelSuite } from "./redisSentinelSuite.ts"

needs(["redis"], () => redisSentinelSuite("redis"))

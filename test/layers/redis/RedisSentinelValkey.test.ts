import { needs } from "../../support/needs.ts"
import { redisSentinelSuite } from "./redisSentinelSuite.ts"

needs(["valkey"], () => redisSentinelSuite("valkey"))

import { needs } from "../../support/needs.ts"
import { redisClusterSuite } from "./redisClusterSuite.ts"

needs(["valkey"], () => redisClusterSuite("valkey"))

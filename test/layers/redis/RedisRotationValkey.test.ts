import { needs } from "../../support/needs.ts"
import { redisRotationSuite } from "./redisRotationSuite.ts"

needs(["valkey"], () => redisRotationSuite("valkey"))

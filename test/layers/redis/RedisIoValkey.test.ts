import { needs } from "../../support/needs.ts"
import { redisIoSuite } from "./redisIoSuite.ts"

needs(["valkey"], () => redisIoSuite("valkey"))

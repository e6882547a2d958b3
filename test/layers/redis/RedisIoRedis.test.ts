import { needs } from "../../support/needs.ts"
import { redisIoSuite } from "./redisIoSuite.ts"

needs(["redis"], () => redisIoSuite("redis"))

import { needs } from "../../support/needs.ts"
import { redisAclIoSuite } from "./redisAclIoSuite.ts"

needs(["redis"], () => redisAclIoSuite("redis"))

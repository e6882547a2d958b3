import { needs } from "../../support/needs.ts"
import { redisAclIoSuite } from "./redisAclIoSuite.ts"

needs(["valkey"], () => redisAclIoSuite("valkey"))

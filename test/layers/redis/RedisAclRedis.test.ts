import { needs } from "../../support/needs.ts"
import { redisUsersIoSuite } from "./redisAclIoSuite.ts"

needs(["redis"], () => redisUsersIoSuite("redis"))

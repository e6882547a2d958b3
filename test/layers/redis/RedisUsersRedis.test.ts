import { needs } from "../../support/needs.ts"
import { redisUsersIoSuite } from "./redisUsersIoSuite.ts"

needs(["redis"], () => redisUsersIoSuite("redis"))

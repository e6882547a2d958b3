import { redisUsersIoSuite } from "./redisUsersIoSuite.ts"

redisUsersIoSuite("redis")

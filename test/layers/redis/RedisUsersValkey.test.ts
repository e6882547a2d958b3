import { redisUsersIoSuite } from "./redisUsersIoSuite.ts"

redisUsersIoSuite("valkey")

import { RedisUsersIo } from "./RedisAclIo.ts"

/** The users of Redis for those who rotate passwords. Needs `StaticConfig`, `Secrets` and a `FileSystem`. */
export const RedisUsersLayer = RedisUsersIo

import { RedisAclIo } from "./RedisAclIo.ts"

/** The users of Redis for those who rotate passwords. Needs `Environment`, `Secrets` and a `FileSystem`. */
export const RedisAclLayer = RedisAclIo

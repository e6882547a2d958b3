import { RedisIo } from "./RedisIo.ts"

/** Redis as the programs use it. Needs `Environment`, `Secrets` and a `FileSystem`. */
export const RedisLayer = RedisIo

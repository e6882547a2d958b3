import { durabilitySuite } from "./durabilitySuite.ts"

// Debian's Redis 7.0 knows no WAITAOF.
durabilitySuite("redis", false)

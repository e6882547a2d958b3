import { rightsSuite } from "./rightsSuite.ts"
import { sentinelRightsSuite } from "./sentinelRightsSuite.ts"

rightsSuite("redis")
sentinelRightsSuite("redis")

import { rightsSuite } from "./rightsSuite.ts"
import { sentinelRightsSuite } from "./sentinelRightsSuite.ts"

rightsSuite("valkey")
sentinelRightsSuite("valkey")

import { durableSuite } from "./durableSuite.ts"

durableSuite("redis", false)

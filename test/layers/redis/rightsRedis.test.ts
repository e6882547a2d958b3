import { rightsSuite } from "./rightsSuite.ts"

rightsSuite("redis")

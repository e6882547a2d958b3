import { rightsSuite } from "./rightsSuite.ts"

rightsSuite("valkey")

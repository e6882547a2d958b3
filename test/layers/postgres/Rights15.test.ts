import { rightsSuite } from "./rightsSuite.ts"

rightsSuite(15)

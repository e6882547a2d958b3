import { postgresSuite } from "./postgresSuite.ts"
import { replacingSuite } from "./replacingSuite.ts"

postgresSuite(18)
replacingSuite(18)

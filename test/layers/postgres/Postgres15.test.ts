import { postgresSuite } from "./postgresSuite.ts"
import { replacingSuite } from "./replacingSuite.ts"

postgresSuite(15)
replacingSuite(15)

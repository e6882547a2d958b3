import { postgresSuite } from "./postgresSuite.ts"

postgresSuite(18)

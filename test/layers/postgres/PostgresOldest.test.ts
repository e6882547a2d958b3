import { onPostgres } from "../../support/needs.ts"
import { postgresSuite } from "./postgresSuite.ts"
import { replacingSuite } from "./replacingSuite.ts"

onPostgres("oldest", postgresSuite)
onPostgres("oldest", replacingSuite)

import { onPostgres } from "../../support/needs.ts"
import { insiderSuite } from "./insiderSuite.ts"

onPostgres("oldest", insiderSuite)

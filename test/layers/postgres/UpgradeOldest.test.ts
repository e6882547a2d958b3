import { onPostgres } from "../../support/needs.ts"
import { upgradeSuite } from "./upgradeSuite.ts"

onPostgres("oldest", upgradeSuite)

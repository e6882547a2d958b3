import { onPostgres } from "../../support/needs.ts"
import { upgradeSuite } from "./upgradeSuite.ts"

onPostgres("newest", upgradeSuite)

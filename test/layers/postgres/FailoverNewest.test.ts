import { onPostgres } from "../../support/needs.ts"
import { failoverSuite } from "./failoverSuite.ts"

onPostgres("newest", failoverSuite)

import { onPostgres } from "../../support/needs.ts"
import { retentionSuite } from "./retentionSuite.ts"

onPostgres("newest", retentionSuite)

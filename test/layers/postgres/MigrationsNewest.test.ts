import { onPostgres } from "../../support/needs.ts"
import { migrationsSuite } from "./migrationsSuite.ts"

onPostgres("newest", migrationsSuite)

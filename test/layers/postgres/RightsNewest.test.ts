import { onPostgres } from "../../support/needs.ts"
import { rightsSuite } from "./rightsSuite.ts"

onPostgres("newest", rightsSuite)

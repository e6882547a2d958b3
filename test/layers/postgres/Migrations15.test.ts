import { migrationsSuite } from "./migrationsSuite.ts"

migrationsSuite(15)

import { retentionSuite } from "./retentionSuite.ts"

retentionSuite(18)

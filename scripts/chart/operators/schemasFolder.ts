import { join } from "node:path"

/** Schemas of operators' kinds, which `node scripts/chart/operators/main.ts` makes. */
export const schemasFolder = join(import.meta.dirname, "schemas")

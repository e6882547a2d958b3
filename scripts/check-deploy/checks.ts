import type { Check } from "./Check.ts"

/** Every check of what ships, in the order in which they run. */
export const checks: ReadonlyArray<Check> = []

import { chart } from "./chart.ts"
import { chartStrict } from "./chartStrict.ts"
import type { Check } from "./Check.ts"

/** Every check of what ships, in the order in which they run. */
export const checks: ReadonlyArray<Check> = [chart, chartStrict]

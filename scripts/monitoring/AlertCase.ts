import type { Series } from "./alertSeries.ts"

export interface AlertCase {
  readonly name: string
  /** Added to the programs that are well, or put in their place. */
  readonly series: Series
  /** Minutes after which is looked. */
  readonly at: number
  /** Everything that fires then, beside the watchdog. */
  readonly fires: ReadonlyArray<string>
}

import type { DecisionOutcome } from "../domain/Decision.ts"

const hourMs = 3_600_000

/** Events of one outcome that were received in one hour of the epoch. */
export interface HourCount {
  readonly hour: number
  readonly outcome: DecisionOutcome
  readonly count: number
}

/** Hours of the epoch, `to` without. */
export interface HourSpan {
  readonly from: number
  readonly to: number
}

/** What an hour's rows are, and what they should be. */
export interface HourDifference {
  readonly hour: number
  readonly outcome: DecisionOutcome
  readonly settled: number
  readonly rows: number
}

/** Programs hand over what they received within this time, and their clocks differ by less. */
const marginMs = 300_000

/**
 * The hours that can be compared exactly: they are over, each event of theirs is settled, and all were counted. The
 * hour in which counting began has events from before, and so may the next, while programs are upgraded.
 */
export const comparableHours = (
  { at, oldestWaiting = at, since }: {
    readonly at: number
    readonly oldestWaiting: number | undefined
    readonly since: number | undefined
  },
  keptHours: number
): HourSpan => {
  const to = Math.floor((Math.min(at, oldestWaiting) - marginMs) / hourMs)
  // Of the oldest hour that is kept, some may be let go already.
  const oldest = Math.floor(at / hourMs) - keptHours + 1
  return { from: since === undefined ? to : Math.min(to, Math.max(oldest, since + 2)), to }
}

/** Compares what was settled with the rows of the record, by hour and outcome. Gives what differs, oldest first. */
export const differences = (
  settled: ReadonlyArray<HourCount>,
  rows: ReadonlyArray<HourCount>,
  { from, to }: HourSpan
): ReadonlyArray<HourDifference> => {
  const found = new Map<string, HourDifference>()
  const add = ({ count, hour, outcome }: HourCount, side: "settled" | "rows") => {
    if (hour < from || hour >= to) return
    const key = `${hour} ${outcome}`
    const known = found.get(key) ?? { hour, outcome, settled: 0, rows: 0 }
    found.set(key, { ...known, [side]: known[side] + count })
  }
  for (const one of settled) add(one, "settled")
  for (const one of rows) add(one, "rows")
  return [...found.values()].filter((one) => one.settled !== one.rows).sort((a, b) => a.hour - b.hour)
}

/** How many rows of each outcome are missing or too many. Hours do not make up for each other. */
export const sumByOutcome = (found: ReadonlyArray<HourDifference>): Readonly<Record<DecisionOutcome, number>> => {
  const sums = { forwarded: 0, suppressed: 0, unmatched: 0 }
  for (const { outcome, rows, settled } of found) sums[outcome] += Math.abs(rows - settled)
  return sums
}

import type { BacktestResult } from "../../../../../src/domain/BacktestResult.ts"

const number = (count: number): string => count.toLocaleString("en")
const events = (count: number): string => `${number(count)} ${count === 1 ? "event" : "events"}`

/** How many events would be decided otherwise, of how many. */
export const differText = ({ differing, read, stopped }: BacktestResult): string => {
  const of = `${events(read)}${stopped === null ? "" : " that were read"}`
  if (read === 0) return "There are no events in this time."
  if (differing === 0) return `Nothing changes for ${of}.`
  return `${number(differing)} of ${of} would be decided otherwise.`
}

const delta = (by: number, one: string): ReadonlyArray<string> =>
  by === 0 ? [] : [`${number(Math.abs(by))} ${by > 0 ? "more" : "fewer"} ${one}${Math.abs(by) === 1 ? "" : "s"}`]

/** What that means for people. */
export const changeText = ({ all, differing }: BacktestResult): string => {
  const parts = [...delta(all.new.alerts - all.old.alerts, "alert"), ...delta(all.new.pages - all.old.pages, "page")]
  if (parts.length > 0) return `${parts.join(", ")}.`
  return differing === 0 ? "" : "Alerts and pages stay as many."
}

import type { BacktestTally } from "../../../src/backtest/BacktestTally.ts"
import type { BacktestResult, Stopped } from "../../../src/domain/BacktestResult.ts"
import { counted } from "../../../src/rulefile/words.ts"

interface Reading {
  readonly stopped: Stopped
  readonly sample: number
  readonly reached: string | null
}

/** What a backtest cannot show, in sentences. */
export const couldNotKnow = (
  tally: BacktestTally,
  { reached, sample, stopped }: Reading
): BacktestResult["could_not_know"] => [
  ...(stopped === null ? [] : [{
    code: "stopped" as const,
    detail: `What came after ${reached ?? "the beginning"}: ` +
      (stopped === "time" ? "the time was up." : "as many events were read as wanted.")
  }]),
  ...(sample === 1 ? [] : [{
    code: "sampled" as const,
    detail: `One event in ${sample.toLocaleString("en")} was read; the figures are of those.`
  }]),
  ...(tally.unreadable === 0 ? [] : [{
    code: "unreadable" as const,
    detail: `${counted(tally.unreadable, "record")} cannot be read as an event.`
  }]),
  ...(tally.unmatched === 0 ? [] : [{
    code: "unmatched" as const,
    detail: `${counted(tally.unmatched, "event")} would match no rule. Such events are counted for a time, and many ` +
      "alike raise an alert; how many that would be is not worked out."
  }]),
  ...(tally.silenced === 0 ? [] : [{
    code: "silenced" as const,
    detail: `Silences held ${counted(tally.silenced, "event")} back; they are taken to do so under any rules.`
  }]),
  ...(tally.manyHosts ? [{ code: "hosts" as const, detail: "More hosts differ than are counted." }] : [])
]

import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { nextOccurrences } from "../../../../../src/silence/silenceTimes.ts"
import { readZoned, zonedText } from "../../parts/zonedTime.ts"

/** A time within the week, as parts of it from 0 to 1. */
interface Piece {
  readonly from: number
  readonly to: number
}

export interface WeekRow {
  readonly silence: SilenceView
  readonly pieces: ReadonlyArray<Piece>
}

export const weekMs = 7 * 86_400_000

/** More than any schedule has in a week that people can tell apart. */
const mostPieces = 60

/** When silences hold back in the seven days after an instant; without those that do not. */
export const weekOf = (silences: ReadonlyArray<SilenceView>, start: number): ReadonlyArray<WeekRow> =>
  silences.map((silence) => ({
    silence,
    pieces: nextOccurrences(silence, start, mostPieces).filter((one) => one.start < start + weekMs).map((one) => ({
      from: Math.max(0, (one.start - start) / weekMs),
      to: Math.min(1, (one.end - start) / weekMs)
    }))
  })).filter(({ pieces }) => pieces.length > 0)

const dayMs = 86_400_000

/** The days that begin within the week by the clocks of a zone: when, and where in the week that is. */
export const daysOf = (start: number, zone: string): ReadonlyArray<{ readonly at: number; readonly part: number }> => {
  const first = Date.parse(`${zonedText(new Date(start).toISOString(), zone).slice(0, 10)}T00:00Z`)
  return Array.from({ length: 8 }, (_, day) => new Date(first + day * dayMs).toISOString().slice(0, 16))
    .map((midnight) => Date.parse(readZoned(midnight, zone)?.at ?? ""))
    .map((at) => ({ at, part: (at - start) / weekMs }))
    .filter(({ part }) => part >= 0 && part < 1)
}

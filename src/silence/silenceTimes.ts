import { civilDay } from "./civilDay.ts"
import { compileSchedule, type Occurrence } from "./schedule.ts"
import type { Silence } from "./Silence.ts"

type Timed = Pick<Silence, "starts_at" | "ends_at" | "ended_at" | "created_at" | "schedule">

/** From when to when a silence may hold something back, in epoch milliseconds. `end` is not part of it. */
export const silenceSpan = (silence: Timed): { readonly start: number; readonly end: number } => ({
  start: Date.parse(silence.starts_at ?? silence.created_at),
  end: Math.min(
    silence.ends_at === undefined ? Infinity : Date.parse(silence.ends_at),
    silence.ended_at === undefined ? Infinity : Date.parse(silence.ended_at)
  )
})

/** One time that a silence holds back. That of a silence without a schedule has no name. */
export type SilenceOccurrence = Omit<Occurrence, "local"> & { readonly local: string | null }

/** The next times that end after an instant, cut to the span of the silence; the present one among them. */
export const nextOccurrences = (silence: Timed, instant: number, count: number): ReadonlyArray<SilenceOccurrence> => {
  const { end, start } = silenceSpan(silence)
  if (end <= instant || end <= start) return []
  if (silence.schedule === undefined) {
    const minutes = (end - start) / 60_000
    return [{ local: null, start, end, minutes, usualMinutes: minutes }]
  }
  return compileSchedule(silence.schedule).next(Math.max(instant, start), count)
    .filter((one) => one.start < end)
    .map((one) => ({ ...one, start: Math.max(one.start, start), end: Math.min(one.end, end) }))
}

/** `now`: it holds back. `soon`: it will again. `ended`: never again. */
export type SilenceState = "now" | "soon" | "ended"

/** What a silence does at an instant, and the time that this is about: the present one or the next. */
export const silenceState = (
  silence: Timed,
  instant: number
): { readonly state: SilenceState; readonly occurrence: SilenceOccurrence | undefined } => {
  const [occurrence] = nextOccurrences(silence, instant, 1)
  if (occurrence === undefined) return { state: "ended", occurrence }
  return { state: occurrence.start <= instant ? "now" : "soon", occurrence }
}

const dayMillis = 86_400_000
/** Days after `last` by which a window of that day has ended, in whatever zone. */
const lastEnds = 4

/** After this instant the store takes a silence for ended. That of a schedule is late, as stores know no zones. */
export const overAt = (silence: Timed): number => {
  const last = civilDay(silence.schedule?.last ?? "")
  return Math.min(silenceSpan(silence).end, last === undefined ? Infinity : (last + lastEnds) * dayMillis)
}

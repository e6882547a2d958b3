import { zoneOffset } from "../logic/zoneOffset.ts"
import { type Civil, civilDate, civilDay, civilOf } from "./civilDay.ts"
import { type SilenceSchedule, type Weekday, weekdays } from "./Silence.ts"

/** One window of one day. */
export interface Occurrence {
  /** When it begins by the clock of the zone: `2026-03-29T04:00`. It names the occurrence. */
  readonly local: string
  /** Milliseconds since 1970. */
  readonly start: number
  readonly end: number
  /** Minutes that it covers, and that it would if no clock were changed. */
  readonly minutes: number
  readonly usualMinutes: number
}

export interface CompiledSchedule {
  /** The window that an instant is in, by its name; `undefined` when it is in none. */
  readonly occurrenceAt: (instant: number) => string | undefined
  /** The next windows that end after an instant, in order of their begin. */
  readonly next: (instant: number, count: number) => ReadonlyArray<Occurrence>
}

const minute = 60_000
const dayMillis = 86_400_000
const dayMinutes = 1_440
/** Days that are looked at for the next windows. */
const horizon = 1_200

interface Window {
  readonly from: number
  /** Minutes after midnight of the day it begins on; more than a day's when it ends on the next. */
  readonly to: number
  readonly isOn: (day: Civil) => boolean
}

/**
 * Makes a question of a schedule: is this instant covered? The instant is turned to what a clock of the zone shows, and
 * that is compared. So an hour that is skipped makes a window shorter and one that repeats makes it longer, and a window
 * whose begin is skipped begins after the gap.
 */
export const compileSchedule = (schedule: SilenceSchedule): CompiledSchedule => {
  const windows = windowsOf(schedule)
  const offsetAt = zoneOffset(schedule.zone)
  const first = civilDay(schedule.first ?? "") ?? -Infinity
  const last = civilDay(schedule.last ?? "") ?? Infinity
  const except = new Set((schedule.except ?? []).map(civilDay))

  const onDay = (day: number): ReadonlyArray<Window> => {
    if (day < first || day > last || except.has(day)) return []
    const civil = civilOf(day)
    return windows.filter(({ isOn }) => isOn(civil))
  }
  const onDayRemembered = lastAnswers(onDay)

  const ask = (atMinute: number): string | undefined => {
    const shown = atMinute + Math.round(offsetAt(atMinute * minute) / minute)
    const day = Math.floor(shown / dayMinutes)
    const ofDay = shown - day * dayMinutes
    // A window of yesterday goes before one of today, which begins later.
    for (const { from, to } of onDayRemembered(day - 1)) if (ofDay + dayMinutes < to) return nameOf(day - 1, from)
    for (const { from, to } of onDayRemembered(day)) if (ofDay >= from && ofDay < to) return nameOf(day, from)
    return undefined
  }
  const askRemembered = lastAnswers(ask)

  return {
    occurrenceAt: (instant) => askRemembered(Math.floor(instant / minute)),
    next: (instant, count) => {
      const found: Array<Occurrence> = []
      const begin = Math.max(first, Math.floor((instant + offsetAt(instant)) / dayMillis) - 2)
      const end = Math.min(last, Math.max(begin, first) + horizon)
      for (let day = begin; day <= end; day++) {
        // A window may begin up to a day later than the next day's, when clocks are set back by so much.
        if (found.length >= count && day * dayMillis > found[count - 1]!.start + 3 * dayMillis) break
        for (const window of onDay(day)) {
          const occurrence = occurrenceOf(day, window, offsetAt)
          if (occurrence !== undefined && occurrence.end > instant) found.push(occurrence)
        }
        found.sort((a, b) => a.start - b.start || a.end - b.end)
      }
      return found.slice(0, count)
    }
  }
}

const nameOf = (day: number, from: number): string =>
  `${civilDate(day)}T${two(Math.floor(from / 60))}:${two(from % 60)}`
const two = (value: number): string => String(value).padStart(2, "0")

/** Remembers the last two answers: events come minute after minute, and a day is asked for with the one before. */
const lastAnswers = <A>(ask: (key: number) => A): (key: number) => A => {
  const keys = [Number.NaN, Number.NaN]
  const answers: Array<A> = []
  let turn = 0
  return (key) => {
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return answers[i]!
    const answer = ask(key)
    turn = 1 - turn
    keys[turn] = key
    answers[turn] = answer
    return answer
  }
}

const windowsOf = ({ monthly = [], weekly = [] }: SilenceSchedule): ReadonlyArray<Window> => [
  ...weekly.map(({ days, ...times }) => {
    const set = new Set(days.map(weekdayNumber))
    return { ...timesOf(times), isOn: ({ weekday }: Civil) => set.has(weekday) }
  }),
  ...monthly.map(({ day, nth, weekday, ...times }) => ({
    ...timesOf(times),
    isOn: (civil: Civil) =>
      weekday === undefined || nth === undefined
        ? civil.day === (day === -1 ? civil.daysInMonth : day)
        : civil.weekday === weekdayNumber(weekday) &&
          (nth === -1 ? civil.day + 7 > civil.daysInMonth : Math.ceil(civil.day / 7) === nth)
  }))
]

const weekdayNumber = (weekday: Weekday): number => weekdays.indexOf(weekday)

const timesOf = (times: { readonly from: string; readonly to: string }) => {
  const from = minutesOf(times.from)
  const to = minutesOf(times.to)
  return { from, to: to > from ? to : to + dayMinutes }
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** When a window really begins and ends. `undefined` when no clock of the zone ever shows a time inside of it. */
const occurrenceOf = (
  day: number,
  { from, to }: Window,
  offsetAt: (instant: number) => number
): Occurrence | undefined => {
  const shownStart = day * dayMillis + from * minute
  const shownEnd = day * dayMillis + to * minute
  let [start, end, covered] = [Infinity, -Infinity, 0]
  // No zone is more than 14 hours off, but some were set by a whole day.
  for (const piece of steadyPieces(shownStart - 1.7 * dayMillis, shownEnd + 1.7 * dayMillis, offsetAt)) {
    const begin = Math.max(piece.start, shownStart - piece.offset)
    const until = Math.min(piece.end, shownEnd - piece.offset)
    if (begin >= until) continue
    start = Math.min(start, begin)
    end = Math.max(end, until)
    covered += until - begin
  }
  return covered === 0
    ? undefined
    : { local: nameOf(day, from), start, end, minutes: covered / minute, usualMinutes: to - from }
}

interface Piece {
  readonly start: number
  readonly end: number
  readonly offset: number
}

/** Parts of a time in which no clock is set. */
const steadyPieces = (from: number, to: number, offsetAt: (instant: number) => number): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let start = Math.floor(from / minute) * minute
  let offset = offsetAt(start)
  for (let at = start; at < to; at += 12 * 60 * minute) {
    const next = at + 12 * 60 * minute
    if (offsetAt(next) === offset) continue
    let [before, after] = [at, next]
    while (after - before > minute) {
      const middle = Math.floor((before + after) / 2 / minute) * minute
      if (offsetAt(middle) === offset) before = middle
      else after = middle
    }
    pieces.push({ start, end: after, offset })
    start = after
    offset = offsetAt(next)
  }
  return [...pieces, { start, end: Infinity, offset }]
}

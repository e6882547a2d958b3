import type { Random } from "../../../scripts/bench/Random.ts"
import { type SilenceSchedule, weekdays } from "../../../src/silence/Silence.ts"

/** Zones whose clocks do what other zones' do not: half hours, a day left out, no change, a change at midnight. */
export const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Africa/Casablanca",
  "America/St_Johns",
  "Asia/Beirut",
  "America/Santiago",
  "UTC",
  "Pacific/Auckland"
] as const

const formats = new Map<string, Intl.DateTimeFormat>()

/** What a clock of the zone shows: `2026-03-29 03:00`. */
export const shownBy = (zone: string, instant: number): string => {
  const known = formats.get(zone)
  const format = known ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" })
  if (known === undefined) formats.set(zone, format)
  return format.format(instant)
}

const dayBefore = (date: string) => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
const dayOfMonth = (date: string) => Number(date.slice(8))
const nextDay = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
const isLastOfMonth = (date: string) => nextDay(date, 1).slice(5, 7) !== date.slice(5, 7)
const weekdayOf = (date: string) => weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]!

/** The windows that begin on a date. */
const windowsOn = (schedule: SilenceSchedule, date: string) => {
  const { except = [], first, last, monthly = [], weekly = [] } = schedule
  if ((first !== undefined && date < first) || (last !== undefined && date > last) || except.includes(date)) return []
  return [
    ...weekly.filter(({ days }) => days.includes(weekdayOf(date))),
    ...monthly.filter(({ day, nth, weekday }) => {
      if (day !== undefined) return day === -1 ? isLastOfMonth(date) : dayOfMonth(date) === day
      if (weekdayOf(date) !== weekday || nth === undefined) return false
      if (nth === -1) return nextDay(date, 7).slice(5, 7) !== date.slice(5, 7)
      return nextDay(date, -7 * (nth - 1)).slice(5, 7) === date.slice(5, 7) &&
        nextDay(date, -7 * nth).slice(5, 7) !== date.slice(5, 7)
    })
  ]
}

/** The begins of all windows that the minute of an instant is in, by texts alone. */
export const coveredBy = (schedule: SilenceSchedule, instant: number): ReadonlyArray<string> => {
  const [date = "", time = ""] = shownBy(schedule.zone, instant).split(" ")
  const before = dayBefore(date)
  return [
    ...windowsOn(schedule, before).filter(({ from, to }) => to <= from && time < to).map(({ from }) =>
      `${before}T${from}`
    ),
    ...windowsOn(schedule, date).filter(({ from, to }) => from <= time && (to <= from || time < to)).map(
      ({ from }) => `${date}T${from}`
    )
  ]
}

const clock = (random: Random, hours: number) =>
  `${String(random.int(hours)).padStart(2, "0")}:${random.pick(["00", "00", "15", "30", "59"])}`

const times = (random: Random) => ({
  from: clock(random, random.int(2) === 0 ? 4 : 24),
  to: random.int(6) === 0 ? "24:00" : clock(random, random.int(2) === 0 ? 5 : 24)
})

const date = (random: Random) => nextDay("2020-01-01", random.int(3_653))

export const randomSchedule = (random: Random, zone: string = random.pick(zones)): SilenceSchedule => {
  const weekly = Array.from({ length: random.int(3) }, () => ({
    days: weekdays.filter(() => random.int(2) === 0).concat(random.pick(weekdays)),
    ...times(random)
  }))
  const monthly = Array.from({ length: weekly.length === 0 ? 1 + random.int(2) : random.int(2) }, () => ({
    ...(random.int(2) === 0
      ? { day: random.pick([1, 15, 28, 29, 30, 31, -1]) }
      : { nth: random.pick([1, 2, 3, 4, -1] as const), weekday: random.pick(weekdays) }),
    ...times(random)
  }))
  const [a, b] = [date(random), date(random)].sort()
  return {
    zone,
    weekly,
    monthly,
    ...(random.int(3) === 0 ? { first: a! } : {}),
    ...(random.int(3) === 0 ? { last: b! } : {}),
    ...(random.int(3) === 0 ? { except: Array.from({ length: 5 }, () => date(random)) } : {})
  }
}

import { severityNames } from "../domain/Severity.ts"
import type { SilenceMatch, SilenceSchedule, Weekday } from "./Silence.ts"
import { weekdays } from "./Silence.ts"

/** What a silence covers, in a few words. */
export const matchWords = (match: SilenceMatch): string =>
  [
    ...(match.everything === true ? ["everything"] : []),
    ...(match.hosts ?? []),
    ...(match.rules ?? []).map((rule) => `rule ${rule}`),
    ...(match.teams ?? []).map((team) => `team ${team}`),
    ...(match.environment === undefined ? [] : [match.environment]),
    ...(match.severity_from === undefined ? [] : [`severity ${severityNames[match.severity_from]} and less`]),
    ...(match.message?.contains === undefined ? [] : [`message with “${match.message.contains}”`]),
    ...(match.message?.regex === undefined ? [] : [`message like /${match.message.regex}/`])
  ].join(", ")

const dayNames: Readonly<Record<Weekday, string>> = {
  MO: "Monday",
  TU: "Tuesday",
  WE: "Wednesday",
  TH: "Thursday",
  FR: "Friday",
  SA: "Saturday",
  SU: "Sunday"
}

const listed = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`

const timesWords = ({ from, to }: { readonly from: string; readonly to: string }): string =>
  `${from} to ${to}${to > from ? "" : " of the next day"}`

const daysWords = (days: ReadonlyArray<Weekday>): string => {
  const said = weekdays.filter((day) => days.includes(day))
  if (said.length === weekdays.length) return "every day"
  const places = said.map((day) => weekdays.indexOf(day))
  const [first, last] = [said[0], said.at(-1)]
  const isRun = places.every((place, at) => at === 0 || place === (places[at - 1] ?? 0) + 1)
  return first !== undefined && last !== undefined && isRun && said.length > 2
    ? `${dayNames[first]} to ${dayNames[last]}`
    : `every ${listed(said.map((day) => dayNames[day]))}`
}

type Monthly = NonNullable<SilenceSchedule["monthly"]>[number]

const places = new Map([[1, "first"], [2, "second"], [3, "third"], [4, "fourth"], [-1, "last"]])

const ordinal = (day: number): string => {
  const tens = Math.floor(day / 10) === 1
  return `${day}${tens ? "th" : ["th", "st", "nd", "rd"][day % 10] ?? "th"}`
}

const monthlyWords = ({ day, nth, weekday }: Monthly): string =>
  weekday !== undefined && nth !== undefined
    ? `the ${places.get(nth) ?? ""} ${dayNames[weekday]} of the month`
    : day === -1
    ? "the last day of the month"
    : `the ${ordinal(day ?? 1)} of the month`

/** When it recurs, as people say it: `Monday to Friday 22:00 to 02:00 of the next day, Europe/Berlin time`. */
export const scheduleWords = ({ except = [], first, last, monthly = [], weekly = [], zone }: SilenceSchedule): string =>
  [
    listed([
      ...weekly.map((window) => `${daysWords(window.days)} ${timesWords(window)}`),
      ...monthly.map((window) => `${monthlyWords(window)} ${timesWords(window)}`)
    ]),
    `${zone} time`,
    ...(first === undefined ? [] : [`from ${first}`]),
    ...(last === undefined ? [] : [`up to ${last}`]),
    ...(except.length === 0 ? [] : [`not on ${listed(except)}`])
  ].join(", ")

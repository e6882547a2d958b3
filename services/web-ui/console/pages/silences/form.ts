import { Result, Schema } from "effect"
import { fieldErrors } from "../../../../../src/logic/fieldErrors.ts"
import { SilenceInput, SilenceSchedule } from "../../../../../src/silence/Silence.ts"

const text = Schema.String

/** What is typed into the form of a silence. */
export const Form = Schema.Struct({
  /** Names with commas or spaces between. */
  hosts: text,
  /** Names with commas between, as names of rules and teams have spaces. */
  rules: text,
  teams: text,
  environment: text,
  severity: text,
  message: text,
  pattern: Schema.Boolean,
  everything: Schema.Boolean,
  /** `kept`: at the times of a schedule that the form has no fields for. */
  when: Schema.Literals(["now", "span", "weekly", "monthly", "kept"]),
  kept: Schema.optionalKey(SilenceSchedule),
  /** From now on. */
  minutes: text,
  from: text,
  to: text,
  /** `MO,TU` */
  days: text,
  /** `1`, `-1` for the last day, or `2 SU` for the second Sunday. */
  day: text,
  begins: text,
  ends: text,
  zone: text,
  comment: text,
  catchUp: Schema.Boolean
})
export type Form = typeof Form.Type
export const isForm = Schema.is(Form)

export const emptyForm = (host: string, zone: string): Form => ({
  hosts: host === "*" ? "" : host,
  rules: "",
  teams: "",
  environment: "",
  severity: "",
  message: "",
  pattern: false,
  everything: false,
  when: "now",
  minutes: "60",
  from: "",
  to: "",
  days: "SU",
  day: "1",
  begins: "04:00",
  ends: "06:00",
  zone,
  comment: "",
  catchUp: true
})

const listed = (name: string, text: string, between: RegExp) => {
  const all = text.split(between).map((one) => one.trim()).filter((one) => one !== "")
  return all.length === 0 ? {} : { [name]: all }
}
const given = (name: string, text: string) => text === "" ? {} : { [name]: text }

const monthlyOf = (day: string) => {
  const [place = "1", weekday] = day.split(" ")
  return weekday === undefined ? { day: Number(place) } : { nth: Number(place), weekday }
}

const minuteMs = 60_000

const timesOf = (form: Form, now: number) => {
  const clock = { from: form.begins, to: form.ends }
  switch (form.when) {
    case "now":
      return { ends_at: new Date(now + Number(form.minutes) * minuteMs).toISOString() }
    case "span":
      return { ...given("starts_at", form.from), ...given("ends_at", form.to) }
    case "weekly":
      return {
        schedule: { zone: form.zone, weekly: [{ days: form.days.split(","), ...clock }] },
        ...given("ends_at", form.to)
      }
    case "monthly":
      return {
        schedule: { zone: form.zone, monthly: [{ ...monthlyOf(form.day), ...clock }] },
        ...given("ends_at", form.to)
      }
    case "kept":
      return {
        ...(form.kept === undefined ? {} : { schedule: form.kept }),
        ...given("starts_at", form.from),
        ...given("ends_at", form.to)
      }
  }
}

const matchOf = (form: Form) => ({
  ...listed("hosts", form.hosts, /[\s,;]+/),
  ...listed("rules", form.rules, /[,;]/),
  ...listed("teams", form.teams, /[,;]/),
  ...given("environment", form.environment),
  ...(form.severity === "" ? {} : { severity_from: Number(form.severity) }),
  ...(form.message === "" ? {} : { message: { [form.pattern ? "regex" : "contains"]: form.message } }),
  ...(form.everything ? { everything: true } : {})
})

/** What is missing or wrong, by field. */
type Wrong = ReadonlyArray<{ readonly field: string; readonly message: string }>

const decode = Schema.decodeUnknownResult(SilenceInput, { errors: "all", onExcessProperty: "error" })

/** What people see first while they have typed nothing yet, in place of what the schema says of nothing. */
const missing = (form: Form, match: object): Wrong => [
  ...(!form.everything && !["hosts", "rules", "teams"].some((name) => name in match)
    ? [{ field: "hosts", message: "Say which hosts, rules or teams." }]
    : []),
  ...(form.when === "span" && form.to === "" ? [{ field: "ends_at", message: "Say until when." }] : []),
  ...(form.when === "now" && !(Number(form.minutes) > 0) ? [{ field: "minutes", message: "Say for how long." }] : [])
]

/** The silence that the form says, as of now, or what is wrong with it. Without a reason it can be looked at only. */
export const silenceOf = (form: Form, now: number): Result.Result<SilenceInput, Wrong> => {
  const match = matchOf(form)
  const lacks = missing(form, match)
  if (lacks.length > 0) return Result.fail(lacks)
  const comment = form.comment.trim()
  return Result.mapError(
    decode({
      match,
      ...timesOf(form, now),
      comment: comment === "" ? "preview" : comment,
      catch_up: form.catchUp
    }),
    ({ issue }) => fieldErrors(issue)
  )
}

/** Parts of all events above which a silence is wide: it is confirmed. */
export const wideShare = 0.2

/** Which part of the events that somebody might be told of a silence would have held back; `undefined`: not known. */
export const shareOf = (
  held: number,
  outcomes: ReadonlyArray<readonly [string, number]> | undefined
): number | undefined => {
  if (held === 0) return 0
  if (outcomes === undefined) return undefined
  const all = outcomes.filter(([name]) => name !== "suppressed").reduce((sum, [, count]) => sum + count, 0)
  return all === 0 ? 0 : Math.min(1, held / all)
}

import { Equal, Result, Schema } from "effect"
import { SilenceInput, type SilenceSchedule } from "../../../../../src/silence/Silence.ts"
import { emptyForm, Form, silenceOf } from "./form.ts"
import { partsOf } from "./silenceParts.ts"

/** A silence as it is typed, and what it said when that began. */
export const Edit = Schema.Struct({ revision: Schema.Int, said: SilenceInput, form: Form })
export type Edit = typeof Edit.Type
export const isEdit = Schema.is(Edit)

type Recurs = Pick<Form, "when"> & Partial<Form>

/** The schedules that the form has fields for; others stay as they are. */
const recursOf = (kept: SilenceSchedule): Recurs => {
  const { except = [], first, last, monthly = [], weekly = [], zone } = kept
  const [week, month] = [weekly[0], monthly[0]]
  const clock = week ?? month
  if (
    clock === undefined || weekly.length + monthly.length > 1 || clock.to === "24:00" ||
    first !== undefined || last !== undefined || except.length > 0
  ) return { when: "kept", kept }
  const times = { begins: clock.from, ends: clock.to, zone }
  return week !== undefined
    ? { when: "weekly", days: week.days.join(","), ...times }
    : {
      when: "monthly",
      day: month?.weekday === undefined ? `${month?.day}` : `${month.nth} ${month.weekday}`,
      ...times
    }
}

const whenOf = ({ ends_at = "", schedule, starts_at }: SilenceInput): Recurs => {
  const times = { from: starts_at ?? "", to: ends_at }
  if (schedule === undefined) return { when: "span", ...times }
  return starts_at === undefined ? { ...recursOf(schedule), ...times } : { when: "kept", kept: schedule, ...times }
}

/** The same in fields to change; `undefined` when they can't say it, as a name with a comma. */
export const editForm = (said: SilenceInput): Form | undefined => {
  const { comment, everything, hosts, message, rules, severity_from, teams, ...parts } = partsOf(said)
  const form: Form = {
    ...emptyForm("*", "UTC"),
    hosts: (hosts ?? []).join(" "),
    rules: (rules ?? []).join(", "),
    teams: (teams ?? []).join(", "),
    environment: parts.environment ?? "",
    severity: severity_from === null ? "" : String(severity_from),
    message: message?.contains ?? message?.regex ?? "",
    pattern: message?.regex !== undefined,
    everything: everything === true,
    comment,
    catchUp: parts.catch_up,
    ...whenOf(said)
  }
  const again = Result.map(silenceOf(form, 0), partsOf)
  return Result.isSuccess(again) && Equal.equals(again.success, partsOf(said)) ? form : undefined
}

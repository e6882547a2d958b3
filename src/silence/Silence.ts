import { Schema } from "effect"
import { Environment, HostPattern } from "../domain/Rule.ts"
import { Severity } from "../domain/Severity.ts"
import { storable } from "../domain/storable.ts"
import { TimeZoneName } from "../domain/TimeZoneName.ts"
import { compilePattern } from "../matching/Pattern.ts"
import { civilDay } from "./civilDay.ts"

export const silenceLimits = {
  hosts: 200,
  names: 100,
  message: 1_024,
  comment: 500,
  weekly: 28,
  monthly: 12,
  except: 100,
  /** Days from `first` to `last`. */
  scheduleDays: 1_096,
  /** Characters beside `*` and `?` without which a glob counts as naming nothing. */
  globLiterals: 3
} as const

const text = (most: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxCodePoints(most), storable)
const names = (most: number) => Schema.Array(text(100)).check(Schema.isMinLength(1), Schema.isMaxLength(most))

const MessageMatch = Schema.Struct({
  contains: Schema.optionalKey(text(silenceLimits.message)),
  regex: Schema.optionalKey(
    text(silenceLimits.message).check(Schema.makeFilter((source) => {
      const pattern = compilePattern(source)
      return typeof pattern === "string" ? `It ${pattern}` : true
    }))
  )
}).check(
  Schema.makeFilter(({ contains, regex }) =>
    (contains === undefined) !== (regex === undefined) || "Needs `contains` or `regex`, and not both"
  )
)

/** Which events a silence is about. All that is said must hold. */
export const SilenceMatch = Schema.Struct({
  /** Names and globs. */
  hosts: Schema.optionalKey(
    Schema.Array(HostPattern).check(
      Schema.isMinLength(1),
      Schema.isMaxLength(silenceLimits.hosts)
    )
  ),
  /** Names of rules. */
  rules: Schema.optionalKey(names(silenceLimits.names)),
  teams: Schema.optionalKey(names(silenceLimits.names)),
  environment: Schema.optionalKey(Environment),
  /** Only events of this severity and of less severe ones. `3` lets critical events through, and those without one. */
  severity_from: Schema.optionalKey(Severity),
  message: Schema.optionalKey(MessageMatch),
  /** Said by who means all hosts, rules and teams. */
  everything: Schema.optionalKey(Schema.Literal(true))
})
export type SilenceMatch = typeof SilenceMatch.Type

const clock = (last: RegExp, words: string) => Schema.String.check(Schema.isPattern(last, { message: words }))
const From = clock(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "Must be a time such as 04:00")
const To = clock(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, "Must be a time such as 06:00, at most 24:00")

/** A date that exists. */
export const CivilDate = Schema.String.check(
  Schema.makeFilter((date) => civilDay(date) !== undefined || "Must be a date such as 2026-03-29", {
    toJsonSchema: () => ({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })
  })
)

export const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const
export const Weekday = Schema.Literals(weekdays)
export type Weekday = typeof Weekday.Type

/** `to` at or before `from` is on the next day. */
const times = { from: From, to: To }

const Weekly = Schema.Struct({
  days: Schema.Array(Weekday).check(Schema.isMinLength(1), Schema.isMaxLength(7)),
  ...times
})

const Monthly = Schema.Struct({
  /** -1 is the last day. A month without such a day is left out. */
  day: Schema.optionalKey(
    Schema.Int.check(
      Schema.makeFilter((day) => day === -1 || (day >= 1 && day <= 31) || "Must be 1 to 31, or -1 for the last")
    )
  ),
  nth: Schema.optionalKey(Schema.Literals([1, 2, 3, 4, -1])),
  weekday: Schema.optionalKey(Weekday),
  ...times
}).check(
  Schema.makeFilter(({ day, nth, weekday }) =>
    (nth === undefined) === (weekday === undefined) && (day === undefined) !== (nth === undefined) ||
    "Needs `day`, or `nth` with `weekday`"
  )
)

/** When it recurs, by the clocks of a zone. */
export const SilenceSchedule = Schema.Struct({
  zone: TimeZoneName,
  weekly: Schema.optionalKey(Schema.Array(Weekly).check(Schema.isMaxLength(silenceLimits.weekly))),
  monthly: Schema.optionalKey(Schema.Array(Monthly).check(Schema.isMaxLength(silenceLimits.monthly))),
  /** Days on which a window may begin: from this one, up to `last`, but for `except`. */
  first: Schema.optionalKey(CivilDate),
  last: Schema.optionalKey(CivilDate),
  except: Schema.optionalKey(Schema.Array(CivilDate).check(Schema.isMaxLength(silenceLimits.except)))
}).check(
  Schema.makeFilter(({ monthly = [], weekly = [] }) =>
    weekly.length + monthly.length > 0 || "Needs a weekly or a monthly window"
  ),
  Schema.makeFilter(({ first, last }) => {
    const days = (civilDay(last ?? "") ?? 0) - (civilDay(first ?? "") ?? 0)
    if (first === undefined || last === undefined || (days >= 0 && days <= silenceLimits.scheduleDays)) return true
    return days < 0 ? "`last` is before `first`" : "`last` is more than three years after `first`"
  })
)
export type SilenceSchedule = typeof SilenceSchedule.Type

/** A time with its offset. */
export const Instant = Schema.String.check(
  Schema.makeFilter(
    (time) =>
      (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(time) &&
        !Number.isNaN(Date.parse(time))) || "Must be a time with its offset, such as 2026-08-22T10:00:00Z",
    { toJsonSchema: () => ({ format: "date-time" }) }
  )
)

/** What a silence says, as people write it. */
export const SilenceFields = {
  match: SilenceMatch,
  /** Before it nothing is silenced. Without it, from when the silence was made. */
  starts_at: Schema.optionalKey(Instant),
  /** Needed without a schedule. */
  ends_at: Schema.optionalKey(Instant),
  schedule: Schema.optionalKey(SilenceSchedule),
  comment: text(silenceLimits.comment),
  /** Are alerts that are still open at the end told then? */
  catch_up: Schema.optionalKey(Schema.Boolean)
}

type Written = Schema.Schema.Type<Schema.Struct<typeof SilenceFields>>

const literals = (glob: string) => glob.replace(/[*?]/g, "").length

/** Does it name hosts, rules or teams? A glob that fits nearly every host names none. */
export const namesSomething = ({ hosts = [], rules = [], teams = [] }: SilenceMatch): boolean =>
  rules.length > 0 || teams.length > 0 ||
  (hosts.length > 0 && hosts.every((host) => !/[*?]/.test(host) || literals(host) >= silenceLimits.globLiterals))

/** A new silence. Who makes it is no part of it: that is known by the key. */
export const SilenceInput = Schema.Struct(SilenceFields).check(
  Schema.makeFilter<Written>(({ match }) =>
    match.everything === true || namesSomething(match) || {
      path: ["match"],
      issue: "Must name hosts, rules or teams; a glob needs three characters beside * and ?"
    }
  ),
  Schema.makeFilter<Written>(({ ends_at, schedule }) =>
    ends_at !== undefined || schedule !== undefined || { path: ["ends_at"], issue: "Is needed without a schedule" }
  ),
  Schema.makeFilter<Written>(({ ends_at, starts_at }) =>
    starts_at === undefined || ends_at === undefined || Date.parse(starts_at) < Date.parse(ends_at) || {
      path: ["ends_at"],
      issue: "Is not after `starts_at`"
    }
  )
).annotate({ identifier: "SilenceInput" })
export type SilenceInput = typeof SilenceInput.Type

/** A silence as it is kept. */
export const Silence = Schema.Struct({
  id: Schema.Int,
  ...SilenceFields,
  /** Grows with each edit. */
  revision: Schema.Int,
  /** Name of the key that made it. */
  created_by: Schema.String,
  created_at: Schema.String,
  /** When it was ended by hand. */
  ended_at: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Silence" })
export type Silence = typeof Silence.Type

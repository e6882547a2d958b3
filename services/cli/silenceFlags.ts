import { Clock, Effect, Option, Schema } from "effect"
import { type Command, Flag } from "effect/cli"
import { parseSeverity } from "../../src/domain/Severity.ts"
import { SilenceInput, type Weekday, weekdays } from "../../src/silence/Silence.ts"
import { failedWith } from "./api.ts"
import { inputFile } from "./inputFile.ts"
import { timeAfter, timeText } from "./timeFlags.ts"

const optional = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))
const several = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.atLeast(0), Flag.withDescription(description))

/** What a silence says. */
export const silenceFlags = {
  host: several("host", "A host, or a glob such as 'sw1*': quote it from the shell. May be given several times"),
  rule: several("rule", "Name of a rule. May be given several times"),
  team: several("team", "Name of a team. May be given several times"),
  environment: Flag.Literals("environment", ["prod", "dev"]).pipe(Flag.optional),
  severityFrom: optional("severity-from", "Only this severity and less severe ones, as a number or a name"),
  contains: optional("contains", "Only messages with this text"),
  regex: optional("regex", "Only messages that match this pattern"),
  everything: Flag.Boolean("everything").pipe(
    Flag.withDefault(false),
    Flag.withDescription("All hosts, rules and teams; needs the role admin")
  ),
  for: optional("for", "How long: 90m, 2h, 1d"),
  from: optional("from", "From when: a time, or how long from now on; now"),
  until: optional("until", "Until when: a time, or how long from now on"),
  weekly: several("weekly", "Each week: 'SU 04:00-06:00', 'MO,TU 22:00-02:00'. May be given several times"),
  monthly: several("monthly", "Each month: '1 04:00-06:00', 'last …' for the last day, '2 SU …' for the second Sunday"),
  zone: optional("zone", "Time zone of --weekly and --monthly, such as Europe/Berlin; UTC"),
  comment: optional("comment", "Why; needed, and kept").pipe(Flag.withAlias("m")),
  file: optional("file", "A file with the silence, YAML or JSON as the API takes it, in place of all these")
}
export type SilenceFlags = Command.Command.Config.InferValue<typeof silenceFlags>

const fromFile = inputFile(SilenceInput)
const decode = Schema.decodeUnknownEffect(SilenceInput, { errors: "all", onExcessProperty: "error" })

type SaidByFlags = {
  readonly match: object
  readonly ends_at?: string
  readonly schedule?: object
  readonly comment?: string
}

/** What the flags say of a silence. */
const saidBy = Effect.fnUntraced(function*(at: SilenceFlags) {
  const now = yield* Clock.currentTimeMillis
  const begin = Option.isNone(at.from) ? undefined : yield* timeAfter("from", at.from.value, now)
  const schedule = yield* scheduleOf(at)
  if (Option.isSome(at.for) && Option.isSome(at.until)) return yield* failedWith("Give --for or --until, not both.")
  const end = Option.isSome(at.for)
    ? yield* timeAfter("for", at.for.value, begin ?? now)
    : Option.isSome(at.until)
    ? yield* timeAfter("until", at.until.value, now)
    : undefined
  const severity = Option.getOrUndefined(at.severityFrom)
  const severity_from = severity === undefined ? undefined : parseSeverity(severity)
  if (severity !== undefined && severity_from === undefined) {
    return yield* failedWith(`--severity-from is no severity: ${severity}. Use 0 to 7, or a name such as err.`)
  }
  const message = { ...given("contains", at.contains), ...given("regex", at.regex) }
  const said: SaidByFlags = {
    match: {
      ...listed("hosts", at.host),
      ...listed("rules", at.rule),
      ...listed("teams", at.team),
      ...given("environment", at.environment),
      ...(severity_from === undefined ? {} : { severity_from }),
      ...(Object.keys(message).length === 0 ? {} : { message }),
      ...(at.everything ? { everything: true } : {})
    },
    ...(begin === undefined ? {} : { starts_at: timeText(begin) }),
    ...(end === undefined ? {} : { ends_at: timeText(end) }),
    ...(schedule === undefined ? {} : { schedule }),
    ...given("comment", at.comment)
  }
  return said
})

const asSilence = (said: object) => Effect.mapError(decode(said), ({ message }) => failedWith(message))

/** The silence that the flags say. */
export const silenceOf = Effect.fnUntraced(function*(at: SilenceFlags) {
  if (Option.isSome(at.file)) return yield* fromFile(at.file.value)
  const said = yield* saidBy(at)
  if (said.ends_at === undefined && said.schedule === undefined) {
    return yield* failedWith("Until when? Give --for, --until, --weekly or --monthly.")
  }
  if (said.comment === undefined) return yield* failedWith("Why? Give -m \"…\"; it is kept with the silence.")
  return yield* asSilence(said)
})

/** A silence with what the flags say in place of what it said; what they do not speak of stays. */
export const editedBy = Effect.fnUntraced(function*(at: SilenceFlags, before: SilenceInput) {
  if (Option.isSome(at.file)) return yield* fromFile(at.file.value)
  const { match, ...said } = yield* saidBy(at)
  if (Object.keys({ ...match, ...said }).length === 0) {
    return yield* failedWith("Nothing to change: give what it is to say, as with add.")
  }
  return yield* asSilence({ ...before, ...said, match: { ...before.match, ...match } })
})

const given = <Name extends string, A>(name: Name, value: Option.Option<A>) =>
  Option.isNone(value) ? {} : { [name]: value.value }
const listed = (name: string, values: ReadonlyArray<string>) => values.length === 0 ? {} : { [name]: values }

const scheduleOf = Effect.fnUntraced(function*({ monthly, weekly, zone }: SilenceFlags) {
  if (weekly.length + monthly.length === 0) {
    return Option.isNone(zone) ? undefined : yield* failedWith("--zone is for --weekly and --monthly.")
  }
  return {
    zone: Option.getOrElse(zone, () => "UTC"),
    ...(weekly.length === 0 ? {} : { weekly: yield* Effect.forEach(weekly, weeklyOf) }),
    ...(monthly.length === 0 ? {} : { monthly: yield* Effect.forEach(monthly, monthlyOf) })
  }
})

const isWeekday = (text: string): text is Weekday => weekdays.some((day) => day === text)

const weeklyOf = (text: string) => {
  const [, names = "", from, to] = /^([A-Za-z,]+)\s+(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text.trim()) ?? []
  const days = names.toUpperCase().split(",")
  return days.every(isWeekday)
    ? Effect.succeed({ days, from, to })
    : failedWith(`--weekly is not like 'SU 04:00-06:00' or 'MO,TU 22:00-02:00': ${text}`)
}

const monthlyOf = (text: string) => {
  const [, number = "", name, from, to] =
    /^(last|-?\d{1,2})(?:\s+([A-Za-z]{2}))?\s+(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text.trim()) ?? []
  if (number === "") return failedWith(`--monthly is not like '1 04:00-06:00' or '2 SU 04:00-06:00': ${text}`)
  const place = number === "last" ? -1 : Number(number)
  return Effect.succeed(
    name === undefined
      ? { day: place, from, to }
      : { nth: place, weekday: name.toUpperCase(), from, to }
  )
}

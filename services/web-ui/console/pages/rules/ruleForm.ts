import { Result, Schema } from "effect"
import { FileRule, type RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { Event } from "../../../../../src/domain/Event.ts"
import type { Handling, MatchType } from "../../../../../src/domain/Rule.ts"
import { type FieldError, fieldErrors } from "../../../../../src/logic/fieldErrors.ts"

export type RuleFields = typeof FileRule.Type

/** A rule as somebody types it: numbers are texts, so that half a number can stand there. */
export interface RuleForm {
  readonly name: string
  readonly match_type: MatchType
  readonly match_string: string
  readonly trap_oid: string
  /** `""`: any. */
  readonly syslog_severity: string
  readonly priority: string
  readonly prod_handling: Handling
  readonly dev_handling: Handling
  readonly team_assignment: string
  readonly is_active: boolean
}

const fieldNames = Object.keys(FileRule.fields)

/** The fields that people write, without number, version and times. */
export const fieldsOf = (rule: RuleView): RuleFields => ({
  name: rule.name,
  match_type: rule.match_type,
  match_string: rule.match_string,
  trap_oid: rule.trap_oid,
  syslog_severity: rule.syslog_severity,
  priority: rule.priority,
  prod_handling: rule.prod_handling,
  dev_handling: rule.dev_handling,
  team_assignment: rule.team_assignment,
  is_active: rule.is_active
})

export const formOf = (rule: RuleFields): RuleForm => ({
  ...rule,
  name: rule.name ?? "",
  match_string: rule.match_string ?? "",
  trap_oid: rule.trap_oid ?? "",
  syslog_severity: rule.syslog_severity === null ? "" : String(rule.syslog_severity),
  priority: String(rule.priority)
})

export const emptyForm: RuleForm = {
  name: "",
  match_type: "contains",
  match_string: "",
  trap_oid: "",
  syslog_severity: "",
  priority: "100",
  prod_handling: "Ticket_only",
  dev_handling: "Log_only",
  team_assignment: "",
  is_active: true
}

/** Is this a form, and not what an older console kept? */
export const isForm = (value: unknown): value is RuleForm =>
  typeof value === "object" && value !== null && fieldNames.every((name) => name in value)

/** A number where there is one; else the text, so that the schema says what is wrong with it. */
const numberOf = (text: string): number | string => /^-?\d+$/.test(text.trim()) ? Number(text) : text

const orNull = (text: string): string | null => text === "" ? null : text

const decode = Schema.decodeUnknownResult(FileRule, { errors: "all", onExcessProperty: "error" })

type Read = Result.Result<RuleFields, ReadonlyArray<FieldError>>

/** What a rule compares: without it the alerter can't use the rule. */
const comparedBy = ({ match_type }: RuleFields): "trap_oid" | "match_string" =>
  match_type === "oid_prefix" ? "trap_oid" : "match_string"

/** Reads a rule by the schema that the API reads it by. */
export const readRule = (value: unknown): Read =>
  Result.flatMap(Result.mapError(decode(value), ({ issue }) => fieldErrors(issue)), (rule): Read => {
    const field = comparedBy(rule)
    return (rule[field] ?? "").trim() === "" ? Result.fail([{ field, message: "Is needed." }]) : Result.succeed(rule)
  })

/** What is wrong with a form; an empty field is wrong by being empty, whatever the schema calls it. */
const inForm = (form: RuleForm) => (errors: ReadonlyArray<FieldError>) => {
  const empty = new Set(Object.entries(form).filter(([, value]) => value === "").map(([name]) => name))
  return errors.map((error) => empty.has(error.field) ? { ...error, message: "Is needed." } : error)
}

export const ruleOf = (typed: RuleForm): Read => {
  const { name, ...form } = typed
  const read = readRule({
    ...form,
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    match_string: orNull(form.match_string),
    trap_oid: orNull(form.trap_oid.trim()),
    syslog_severity: form.syslog_severity === "" ? null : numberOf(form.syslog_severity),
    priority: numberOf(form.priority)
  })
  return Result.mapError(read, inForm(typed))
}

/** A rule as text, one field a line in the order of the form. */
export const textOf = (rule: RuleFields): string => JSON.stringify(rule, fieldNames, 2)

/** Reads the JSON of a rule; a text that is none is wrong as a whole. */
export const ruleOfText = (text: string): Read => {
  try {
    return readRule(JSON.parse(text))
  } catch (error) {
    return Result.fail([{ field: "", message: error instanceof Error ? error.message : "This is not JSON." }])
  }
}

/** Characters of a text that a draft proposes; longer ones hold what changes from message to message. */
const longestProposal = 80

/**
 * The part of a message that will be there the next time: its label (`%LINK-3-UPDOWN`), or else the longest run of words without numbers,
 * addresses and names of ports.
 */
export const steadyPart = ({ message, tag }: Pick<Event, "message" | "tag">): string => {
  const label = /^%?[A-Z0-9][A-Z0-9_]*-[A-Z0-9_-]*[A-Z0-9]/.exec(tag?.trim() || message)?.[0]
  if (label !== undefined) return label
  const runs = message.split(/\S*[\d=]\S*/).map((run) => run.trim())
  const longest = runs.toSorted((a, b) => b.length - a.length)[0] ?? ""
  return (longest === "" ? message : longest).replace(/[,;:.]+$/, "").slice(0, longestProposal)
}

/** The event that a new rule is made for, and what decided about it. */
export interface Occasion {
  readonly event: Pick<Event, "message" | "tag" | "trapOid">
  readonly team: string
  /** Priority of the rule that decided; the new one goes before it. */
  readonly priority: number | undefined
}

export const formFor = ({ event, priority, team }: Occasion): RuleForm => ({
  ...emptyForm,
  ...(event.trapOid === undefined
    ? { match_string: steadyPart(event) }
    : { match_type: "oid_prefix", trap_oid: event.trapOid }),
  priority: String(priority === undefined ? 100 : Math.max(0, priority - 1)),
  team_assignment: team
})

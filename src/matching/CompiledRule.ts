import type { Event } from "../domain/Event.ts"
import type { Rule } from "../domain/Rule.ts"
import { isUnderOid, normaliseOid } from "../logic/oids.ts"
import { foldText } from "./fold.ts"
import { compilePattern, matchesEither, type Pattern } from "./Pattern.ts"

/** The fields of an event that rules compare. */
export type Matchable = Pick<Event, "message" | "tag" | "severity" | "trapOid">

/** The message with its tag before it, as the device sent it; text rules see both this and the message. */
export const lineOf = ({ message, tag }: Matchable): string => (tag === undefined ? message : tag + message)

/**
 * How a rule compares. Its type alone says which of its two texts counts; the other one is ignored, whatever the event
 * is: a text rule matches the message of a trap too.
 */
type Criterion =
  /** Folded. */
  | { readonly _tag: "contains"; readonly literal: string }
  /** Folded, and trimmed at both ends, as the message is. */
  | { readonly _tag: "exact"; readonly literal: string }
  | { readonly _tag: "regex"; readonly pattern: Pattern }
  | { readonly _tag: "oid_prefix"; readonly prefix: string }

export interface CompiledRule {
  readonly rule: Rule
  readonly criterion: Criterion
}

/** A field of a rule that cannot be used as it is. `message` goes on where the name of the field ends. */
export interface RuleProblem {
  readonly field: "matchString" | "trapOid"
  readonly message: string
}

/** Patterns compiled before, by source. */
export type KnownPatterns = ReadonlyMap<string, Pattern>

export type Criteria = Pick<Rule, "matchType" | "matchString" | "trapOid">

/** Characters of `matchString`. */
export const longestMatchString = 1024

const textCriterion = (rule: Criteria, known: KnownPatterns): Criterion | RuleProblem => {
  const text = rule.matchString ?? ""
  if (text.trim() === "") return { field: "matchString", message: `is needed for a rule of type ${rule.matchType}` }
  if (text.length > longestMatchString) {
    return { field: "matchString", message: `is longer than ${longestMatchString} characters` }
  }
  if (rule.matchType === "contains") return { _tag: "contains", literal: foldText(text) }
  if (rule.matchType === "exact") return { _tag: "exact", literal: foldText(text.trim()) }
  const pattern = known.get(text) ?? compilePattern(text)
  return typeof pattern === "string" ? { field: "matchString", message: pattern } : { _tag: "regex", pattern }
}

const oidCriterion = (rule: Criteria): Criterion | RuleProblem => {
  if (rule.trapOid === null || rule.trapOid.trim() === "") {
    return { field: "trapOid", message: "is needed for a rule of type oid_prefix" }
  }
  const prefix = normaliseOid(rule.trapOid)
  return prefix === undefined
    ? { field: "trapOid", message: "is not an object identifier such as 1.3.6.1.4.1.9" }
    : { _tag: "oid_prefix", prefix }
}

export const criterionOf = (rule: Criteria, known: KnownPatterns = new Map()): Criterion | RuleProblem =>
  rule.matchType === "oid_prefix" ? oidCriterion(rule) : textCriterion(rule, known)

export const compileRule = (rule: Rule, known?: KnownPatterns): CompiledRule | RuleProblem => {
  const criterion = criterionOf(rule, known)
  return "field" in criterion ? criterion : { rule, criterion }
}

const quoted = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)

/**
 * Why the rule decides, for people: `Rule 7: message contains "LINK-DOWN".` Of an event with a tag both texts are
 * named.
 */
export const whyOf = ({ criterion, rule }: CompiledRule, tagged: boolean): string => {
  const severity = rule.syslogSeverity === null ? "" : ` and severity is ${rule.syslogSeverity}`
  return `Rule ${rule.id}: ${asks(criterion, rule, tagged ? "message with or without its tag" : "message")}${severity}.`
}

const asks = (criterion: Criterion, rule: Rule, text: string): string => {
  switch (criterion._tag) {
    case "contains":
      return `${text} contains ${quoted(rule.matchString ?? "")}`
    case "exact":
      return `${text} is exactly ${quoted((rule.matchString ?? "").trim())}`
    case "regex":
      return `${text} matches the pattern ${quoted(criterion.pattern.source)}`
    case "oid_prefix":
      return `trap OID is ${criterion.prefix} or below`
  }
}

const lookedAt = ({ reach, size }: Pattern, line: string) =>
  line.length <= reach
    ? ""
    : ` in its first ${
      reach.toLocaleString("en")
    } characters, which is as far as a pattern of ${size} instructions looks`

/** Why the rule by itself does not match the event; `undefined` when it does. This is what the words of a rule mean. */
export const mismatch = ({ criterion, rule }: CompiledRule, event: Matchable): string | undefined => {
  if (rule.syslogSeverity !== null && rule.syslogSeverity !== event.severity) {
    const has = event.severity === undefined ? "the event has no severity" : `severity is ${event.severity}`
    return `${has}, the rule asks for ${rule.syslogSeverity}`
  }
  const { message } = event
  const line = lineOf(event)
  const it = line === message ? "the message" : "the message, with or without its tag,"
  switch (criterion._tag) {
    case "contains":
      return foldText(line).includes(criterion.literal) ? undefined : `${it} does not contain the text`
    case "exact":
      return [message, line].some((text) => foldText(text.trim()) === criterion.literal)
        ? undefined
        : `${it} is not this text`
    case "regex":
      return matchesEither(criterion.pattern, message, line)
        ? undefined
        : `${it} does not match the pattern${lookedAt(criterion.pattern, line)}`
    case "oid_prefix":
      if (event.trapOid === undefined) return "the event has no trap OID"
      return isUnderOid(event.trapOid, criterion.prefix) ? undefined : `the trap OID ${event.trapOid} is not below it`
  }
}

import type { Event } from "../../domain/Event.ts"
import type { Rule } from "../../domain/Rule.ts"
import { isUnderOid, normaliseOid } from "../oids.ts"
import { foldText } from "./fold.ts"
import { compilePattern, type Pattern } from "./Pattern.ts"

/** What of an event a rule looks at. */
export type Matchable = Pick<Event, "message" | "severity" | "trapOid">

/**
 * How a rule compares. Its type alone says which of its two texts counts; the other one is ignored, whatever the event is:
 * a text rule matches the message of a trap too.
 */
export type Criterion =
  /** Folded. */
  | { readonly _tag: "contains"; readonly literal: string }
  /** Folded, and trimmed at both ends, as the message is. */
  | { readonly _tag: "exact"; readonly literal: string }
  | { readonly _tag: "regex"; readonly pattern: Pattern }
  | { readonly _tag: "oid_prefix"; readonly prefix: string }

export interface CompiledRule {
  readonly rule: Rule
  readonly criterion: Criterion
  /** What it asks of an event, for people: `message contains "LINK-DOWN"`. */
  readonly asks: string
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
  return "field" in criterion ? criterion : { rule, criterion, asks: asks(criterion, rule) }
}

const quoted = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)

const asks = (criterion: Criterion, rule: Rule): string => {
  const severity = rule.syslogSeverity === null ? "" : ` and severity is ${rule.syslogSeverity}`
  switch (criterion._tag) {
    case "contains":
      return `message contains ${quoted(rule.matchString ?? "")}${severity}`
    case "exact":
      return `message is exactly ${quoted((rule.matchString ?? "").trim())}${severity}`
    case "regex":
      return `message matches the pattern ${quoted(criterion.pattern.source)}${severity}`
    case "oid_prefix":
      return `trap OID is ${criterion.prefix} or below${severity}`
  }
}

/** Why the rule by itself does not match the event; `undefined` when it does. This is what the words of a rule mean. */
export const mismatch = ({ criterion, rule }: CompiledRule, event: Matchable): string | undefined => {
  if (rule.syslogSeverity !== null && rule.syslogSeverity !== event.severity) {
    const has = event.severity === undefined ? "the event has no severity" : `severity is ${event.severity}`
    return `${has}, the rule asks for ${rule.syslogSeverity}`
  }
  switch (criterion._tag) {
    case "contains":
      return foldText(event.message).includes(criterion.literal) ? undefined : "the message does not contain the text"
    case "exact":
      return foldText(event.message.trim()) === criterion.literal ? undefined : "the message is not this text"
    case "regex":
      return criterion.pattern.test(event.message) ? undefined : "the message does not match the pattern"
    case "oid_prefix":
      if (event.trapOid === undefined) return "the event has no trap OID"
      return isUnderOid(event.trapOid, criterion.prefix) ? undefined : `the trap OID ${event.trapOid} is not below it`
  }
}

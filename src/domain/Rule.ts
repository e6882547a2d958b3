import { Schema, Struct } from "effect"
import { Severity } from "./Severity.ts"

/** How `matchString` or `trapOid` is compared. `contains` and `exact` ignore case; `oid_prefix` compares whole arcs. */
export const MatchType = Schema.Literals(["contains", "regex", "exact", "oid_prefix"])
export type MatchType = typeof MatchType.Type

/** What happens to a matched event. The first three forward an alert, the others keep only the record. */
export const Handling = Schema.Literals([
  "Page_and_ticket",
  "Page_only",
  "Ticket_only",
  "Email_only",
  "Log_only",
  "Suppress",
  "Ignore"
])
export type Handling = typeof Handling.Type

const forwarding: ReadonlySet<Handling> = new Set<Handling>(["Page_and_ticket", "Page_only", "Ticket_only"])
export const forwards = (handling: Handling): boolean => forwarding.has(handling)

/** Development hosts are `dev`, all others `prod`: it selects the handling of a rule. */
export const Environment = Schema.Literals(["prod", "dev"])
export type Environment = typeof Environment.Type

/**
 * An alert rule as people write it. The first match by ascending `priority`, then `id`, decides.
 *
 * A rule has `matchString` (for `contains`, `regex`, `exact`) or `trapOid` (for `oid_prefix`).
 * With `syslogSeverity` set, the event's severity must equal it.
 */
export const RuleDraft = Schema.Struct({
  matchType: MatchType,
  matchString: Schema.NullOr(Schema.String),
  trapOid: Schema.NullOr(Schema.String),
  syslogSeverity: Schema.NullOr(Severity),
  priority: Schema.Int,
  prodHandling: Handling,
  devHandling: Handling,
  teamAssignment: Schema.String,
  isActive: Schema.Boolean
})
export type RuleDraft = typeof RuleDraft.Type

export const Rule = Schema.Struct({ id: Schema.Int, ...RuleDraft.fields })
export type Rule = typeof Rule.Type

/** A rule of which others may know the name. */
export interface CalledRule extends Rule {
  readonly name?: string | undefined
}

/** What people and files call a rule; no two rules have the same. */
export const RuleName = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9._-]{0,63}$/, { expected: "1 to 64 of a-z, 0-9, `.`, `_`, `-`, and no mark first" })
)

/** A rule to store. Without a name a new one is called `rule-<id>`, and an old one keeps its own. */
export interface WantedRule extends RuleDraft {
  readonly name?: string | undefined
}

/** A rule with its name, the version of all rules it was last changed in, and its times, RFC 3339. */
export const StoredRule = Schema.Struct({
  ...Rule.fields,
  name: Schema.String,
  version: Schema.Int,
  createdAt: Schema.String,
  updatedAt: Schema.String
})
export type StoredRule = typeof StoredRule.Type

/** Field of a rule → its name in the API, the database, the audit and rule files. */
export const ruleColumns = {
  matchType: "match_type",
  matchString: "match_string",
  trapOid: "trap_oid",
  syslogSeverity: "syslog_severity",
  priority: "priority",
  prodHandling: "prod_handling",
  devHandling: "dev_handling",
  teamAssignment: "team_assignment",
  isActive: "is_active"
} as const
export const storedRuleColumns = {
  id: "id",
  name: "name",
  version: "version",
  ...ruleColumns,
  createdAt: "created_at",
  updatedAt: "updated_at"
} as const

const fieldNames = Struct.keys(RuleDraft.fields)

/** Renames the fields of a rule for the API, the database and the audit; other members are dropped. */
export const toRuleColumns = (rule: RuleDraft) => Struct.renameKeys(Struct.pick(rule, fieldNames), ruleColumns)

/** The same with the name, for the database and the audit. */
export const toNamedColumns = (rule: RuleDraft & { readonly name: string }) => ({
  name: rule.name,
  ...toRuleColumns(rule)
})

/** The inverse of `toRuleColumns`. */
export const fromRuleColumns = Schema.decodeSync(RuleDraft.pipe(Schema.encodeKeys(ruleColumns)))

/** A host name, or a glob over host names with `*` and `?`, compared without case. */
export const HostPattern = Schema.String.check(
  Schema.isMinLength(1),
  Schema.isMaxLength(255),
  Schema.isPattern(/^[A-Za-z0-9*?._:-]+$/u, { expected: "a host name, or a pattern with `*` and `?`" })
)

/** Everything the alerter decides by, as one consistent snapshot of the database. */
export interface RuleSet {
  /** Grows with every change to rules, hosts or teams. */
  readonly version: number
  readonly rules: ReadonlyArray<CalledRule>
  /** Lower-case names and globs. */
  readonly developmentHosts: ReadonlyArray<string>
  /** Lower-case host name or glob → team. */
  readonly deviceTeams: ReadonlyArray<{ readonly hostname: string; readonly team: string }>
}

import { Schema } from "effect"
import { Severity } from "./Severity.ts"

/** How `matchString` or `trapOid` is compared. `contains` and `exact` ignore case; `oid_prefix` compares whole arcs. */
export const MatchType = Schema.Literals(["contains", "regex", "exact", "oid_prefix"])
export type MatchType = typeof MatchType.Type

/** What becomes of a matched event. The first three forward an alert, the others keep only the record. */
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

/** Is the host one of the development hosts? Decides which handling of a rule applies. */
export const Environment = Schema.Literals(["prod", "dev"])
export type Environment = typeof Environment.Type

/**
 * An alert rule. The first active rule by ascending `priority`, then ascending `id`, that matches decides.
 *
 * A rule has `matchString` (for `contains`, `regex`, `exact`) or `trapOid` (for `oid_prefix`).
 * With `syslogSeverity` set, the event's severity must equal it.
 */
export const Rule = Schema.Struct({
  id: Schema.Int,
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
export type Rule = typeof Rule.Type

/** A host name, or a glob over host names with `*` and `?`, compared without case. */
export const HostPattern = Schema.String.check(
  Schema.isMinLength(1),
  Schema.isMaxLength(255),
  Schema.isPattern(/^[A-Za-z0-9*?._:-]+$/u)
)

/** Everything the alerter decides by, read from the database as one consistent snapshot. */
export interface RuleSet {
  /** Grows with every change to rules, hosts or teams. */
  readonly version: number
  readonly rules: ReadonlyArray<Rule>
  /** Lower-case names and globs. */
  readonly developmentHosts: ReadonlyArray<string>
  /** Lower-case host name or glob → team. */
  readonly deviceTeams: ReadonlyArray<{ readonly hostname: string; readonly team: string }>
}

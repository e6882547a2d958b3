import { Schema } from "effect"
import { Environment, Handling } from "./Rule.ts"

/** The outcome of a processed event. An event that cannot be processed becomes a dead letter. */
export const DecisionOutcome = Schema.Literals([
  /** A rule matched and an alert went to the forwarder. */
  "forwarded",
  /** A rule matched and its handling keeps only the record. */
  "suppressed",
  /** No rule matched: stored, counted towards a meta-alert. */
  "unmatched"
])
export type DecisionOutcome = typeof DecisionOutcome.Type

/** What held a suppressed event back. */
export const Cause = Schema.Literals([
  /** The handling of its rule keeps only the record. */
  "handling",
  /** It is the canary. */
  "canary",
  /** A silence covers it: `causeId` is `<id>`, or `<id>/<when it begins by the clocks of its zone>`. */
  "silence"
])
export type Cause = typeof Cause.Type

/** The decision of the rules for one event. */
export const Decision = Schema.Struct({
  outcome: DecisionOutcome,
  environment: Environment,
  /** `null` when no rule matched. */
  ruleId: Schema.NullOr(Schema.Int),
  handling: Schema.NullOr(Handling),
  team: Schema.String,
  /** Says why in one sentence for people. */
  reason: Schema.String,
  /** Of the rules that decided. */
  rulesVersion: Schema.NullOr(Schema.Int),
  /** `null` unless it is suppressed. */
  cause: Schema.NullOr(Cause),
  /** Which one: of what, `cause` says. */
  causeId: Schema.NullOr(Schema.String)
})
export type Decision = typeof Decision.Type

/** The audit row of one event, as it is stored and as the API answers it. */
export const EventAuditEntry = Schema.Struct({
  id: Schema.String,
  event_timestamp: Schema.String,
  received_at: Schema.String,
  recorded_at: Schema.String,
  hostname: Schema.String,
  correlation_id: Schema.String,
  outcome: DecisionOutcome,
  severity: Schema.NullOr(Schema.Int),
  environment: Schema.String,
  matched_rule_id: Schema.NullOr(Schema.Int),
  handling_decision: Schema.NullOr(Schema.String),
  team_assignment: Schema.String,
  forwarded_to_moog: Schema.Boolean,
  reason: Schema.String,
  /** Of the rules that decided; `null` in rows of before this was kept. */
  rules_version: Schema.NullOr(Schema.Int),
  cause: Schema.NullOr(Cause),
  cause_id: Schema.NullOr(Schema.String),
  /** The event, JSON. */
  raw_message: Schema.String
}).annotate({ identifier: "EventAuditEntry" })
export type EventAuditEntry = typeof EventAuditEntry.Type

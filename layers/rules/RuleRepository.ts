import { Context, type Effect, Schema } from "effect"
import { ChangeOutcome } from "../../src/domain/ChangeOutcome.ts"
import type { Rule } from "../../src/domain/Rule.ts"

export class RuleNotFound extends Schema.TaggedError<RuleNotFound>()("RuleNotFound", { id: Schema.Int }) {}
export class HostExists extends Schema.TaggedError<HostExists>()("HostExists", { hostname: Schema.String }) {}
export class HostNotFound extends Schema.TaggedError<HostNotFound>()("HostNotFound", { hostname: Schema.String }) {}
/** The store does not answer. */
export class RuleRepositoryUnavailable extends Schema.TaggedError<RuleRepositoryUnavailable>()("RuleBookUnavailable", {
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** A rule with its history, as the API shows it. */
export interface StoredRule extends Rule {
  readonly createdAt: string
  readonly updatedAt: string
}

export type RuleDraft = Omit<Rule, "id">

/** Who changes something, why, and in which request. Kept in the same transaction as the change. */
export interface Change {
  readonly actor: string
  readonly reason: string | null
  readonly correlationId: string
}

/** Rules, development hosts and teams as people edit them. Every change is recorded in `config_audit_log` in its own transaction. */
export class RuleRepository extends Context.Service<RuleRepository, {
  /** By priority, then id. Deleted rules are left out. */
  readonly rules: Effect.Effect<ReadonlyArray<StoredRule>, RuleRepositoryUnavailable>
  readonly rule: (id: number) => Effect.Effect<StoredRule, RuleNotFound | RuleRepositoryUnavailable>
  readonly createRule: (draft: RuleDraft, change: Change) => Effect.Effect<StoredRule, RuleRepositoryUnavailable>
  /** `edit` sees the rule as it is, locked, and says what it shall be. */
  readonly updateRule: <E>(
    id: number,
    edit: (rule: StoredRule) => Effect.Effect<RuleDraft, E>,
    change: Change
  ) => Effect.Effect<StoredRule, E | RuleNotFound | RuleRepositoryUnavailable>
  /** Kept in the table, marked as deleted: audit rows go on naming it. */
  readonly deleteRule: (id: number, change: Change) => Effect.Effect<void, RuleNotFound | RuleRepositoryUnavailable>
  readonly developmentHosts: Effect.Effect<ReadonlyArray<string>, RuleRepositoryUnavailable>
  readonly addDevelopmentHost: (
    hostname: string,
    change: Change
  ) => Effect.Effect<void, HostExists | RuleRepositoryUnavailable>
  readonly removeDevelopmentHost: (
    hostname: string,
    change: Change
  ) => Effect.Effect<void, HostNotFound | RuleRepositoryUnavailable>
  readonly teams: Effect.Effect<
    ReadonlyArray<{ readonly hostname: string; readonly team: string }>,
    RuleRepositoryUnavailable
  >
  readonly addTeam: (
    hostname: string,
    team: string,
    change: Change
  ) => Effect.Effect<void, HostExists | RuleRepositoryUnavailable>
  readonly updateTeam: (
    hostname: string,
    team: string,
    change: Change
  ) => Effect.Effect<void, HostNotFound | RuleRepositoryUnavailable>
  readonly removeTeam: (
    hostname: string,
    change: Change
  ) => Effect.Effect<void, HostNotFound | RuleRepositoryUnavailable>
}>()("mutt/layers/rules/RuleRepository") {}

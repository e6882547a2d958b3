import { Context, type Effect, Schema } from "effect"
import { type ChangeAuthor, ChangeOutcome } from "../../src/domain/Change.ts"
import type { RuleDraft, StoredRule } from "../../src/domain/Rule.ts"
import type { HostExists, HostNotFound, RuleNotFound } from "../../src/domain/RuleProblems.ts"

/** PostgreSQL, which holds the rules, does not answer. */
export class RuleRepositoryUnavailable extends Schema.TaggedError<RuleRepositoryUnavailable>()("RuleBookUnavailable", {
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** Keeps the rules, development hosts and teams that people edit; each change is audited in its own transaction. */
export class RuleRepository extends Context.Service<RuleRepository, {
  /** By priority, then id. Deleted rules are left out. */
  readonly rules: Effect.Effect<ReadonlyArray<StoredRule>, RuleRepositoryUnavailable>
  readonly rule: (id: number) => Effect.Effect<StoredRule, RuleNotFound | RuleRepositoryUnavailable>
  readonly createRule: (draft: RuleDraft, author: ChangeAuthor) => Effect.Effect<StoredRule, RuleRepositoryUnavailable>
  /** Locks the rule and stores what `edit` makes of it. */
  readonly updateRule: <E>(
    id: number,
    edit: (rule: StoredRule) => Effect.Effect<RuleDraft, E>,
    author: ChangeAuthor
  ) => Effect.Effect<StoredRule, E | RuleNotFound | RuleRepositoryUnavailable>
  /** Marks the rule as deleted; audit rows go on naming it. */
  readonly deleteRule: (
    id: number,
    author: ChangeAuthor
  ) => Effect.Effect<void, RuleNotFound | RuleRepositoryUnavailable>
  readonly developmentHosts: Effect.Effect<ReadonlyArray<string>, RuleRepositoryUnavailable>
  readonly addDevelopmentHost: (
    hostname: string,
    author: ChangeAuthor
  ) => Effect.Effect<void, HostExists | RuleRepositoryUnavailable>
  readonly removeDevelopmentHost: (
    hostname: string,
    author: ChangeAuthor
  ) => Effect.Effect<void, HostNotFound | RuleRepositoryUnavailable>
  readonly teams: Effect.Effect<
    ReadonlyArray<{ readonly hostname: string; readonly team: string }>,
    RuleRepositoryUnavailable
  >
  readonly addTeam: (
    hostname: string,
    team: string,
    author: ChangeAuthor
  ) => Effect.Effect<void, HostExists | RuleRepositoryUnavailable>
  readonly updateTeam: (
    hostname: string,
    team: string,
    author: ChangeAuthor
  ) => Effect.Effect<void, HostNotFound | RuleRepositoryUnavailable>
  readonly removeTeam: (
    hostname: string,
    author: ChangeAuthor
  ) => Effect.Effect<void, HostNotFound | RuleRepositoryUnavailable>
}>()("mutt/layers/rules/RuleRepository") {}

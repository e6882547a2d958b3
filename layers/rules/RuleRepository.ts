import { Context, type Effect, Schema } from "effect"
import { type ChangeAuthor, ChangeOutcome } from "../../src/domain/Change.ts"
import type { StoredRule, WantedRule } from "../../src/domain/Rule.ts"
import type { HostExists, HostNotFound, RuleNameTaken, RuleNotFound } from "../../src/domain/RuleProblems.ts"
import type { RuleSetFile, RuleVersion, StoredRuleSet } from "../../src/domain/RuleSetFile.ts"
import type { VersionSeen, VersionStale, VersionUnknown } from "../../src/domain/SettingProblems.ts"
import type { RuleSetPlan } from "../../src/logic/planRuleSet.ts"

/** PostgreSQL, which holds the rules, does not answer. */
export class RuleRepositoryUnavailable extends Schema.TaggedError<RuleRepositoryUnavailable>()("RuleBookUnavailable", {
  detail: Schema.String,
  outcome: ChangeOutcome
}) {}

/** The rules have another version than the one that a change was judged beside. Judge it again. */
export class RulesMoved extends Schema.TaggedError<RulesMoved>()("RulesMoved", { version: Schema.Int }) {}

/** Who asks for a change and why. Nothing is done when rules, hosts, teams and tests are not at `judgedAt` any more. */
export interface JudgedRequest extends ChangeAuthor {
  readonly judgedAt?: number | undefined
}

/** The same for one rule, with the version of it that was seen. */
export type RuleRequest = JudgedRequest & VersionSeen

/** What was done; new rules have their numbers and names. */
export interface RuleSetReplaced extends RuleSetPlan {
  readonly version: number
}

/** A host or pattern, and who looks after it. */
export interface HostTeam {
  readonly hostname: string
  readonly team: string
}

/** Keeps the rules, development hosts and teams that people edit; each change is audited in its own transaction. */
export class RuleRepository extends Context.Service<RuleRepository, {
  /** By priority, then id. Deleted rules are left out. */
  readonly rules: Effect.Effect<ReadonlyArray<StoredRule>, RuleRepositoryUnavailable>
  readonly rule: (id: number) => Effect.Effect<StoredRule, RuleNotFound | RuleRepositoryUnavailable>
  readonly createRule: (
    rule: WantedRule,
    request: JudgedRequest
  ) => Effect.Effect<StoredRule, RuleNameTaken | RulesMoved | RuleRepositoryUnavailable>
  /** A rule that was deleted, as it was then. */
  readonly deletedRule: (id: number) => Effect.Effect<StoredRule, RuleNotFound | RuleRepositoryUnavailable>
  /** Brings it back, with its number. */
  readonly restoreRule: (
    id: number,
    request: JudgedRequest
  ) => Effect.Effect<StoredRule, RuleNotFound | RuleNameTaken | RulesMoved | RuleRepositoryUnavailable>
  /** Locks the rule and stores what `edit` makes of it. */
  readonly updateRule: <E>(
    id: number,
    edit: (rule: StoredRule) => Effect.Effect<WantedRule, E>,
    request: RuleRequest
  ) => Effect.Effect<
    StoredRule,
    E | RuleNotFound | RuleNameTaken | VersionStale | RulesMoved | RuleRepositoryUnavailable
  >
  /** Marks the rule as deleted; audit rows go on naming it. */
  readonly deleteRule: (
    id: number,
    request: RuleRequest
  ) => Effect.Effect<void, RuleNotFound | VersionStale | RulesMoved | RuleRepositoryUnavailable>
  /** Everything as one snapshot, of now or as of a version. */
  readonly ruleSet: Effect.Effect<StoredRuleSet, RuleRepositoryUnavailable>
  readonly ruleSetAt: (version: number) => Effect.Effect<StoredRuleSet, VersionUnknown | RuleRepositoryUnavailable>
  /** Newest first, from below `before`. */
  readonly versions: (
    limit: number,
    before?: number
  ) => Effect.Effect<ReadonlyArray<RuleVersion>, RuleRepositoryUnavailable>
  /**
   * Makes the rules what a file says: one transaction, one version, one audit record for each rule, host, team and test.
   * Nothing is done when there is another version than the one that was `seen`, and no version made without a difference.
   */
  readonly replaceRuleSet: (
    wanted: RuleSetFile,
    seen: number,
    author: ChangeAuthor
  ) => Effect.Effect<RuleSetReplaced, VersionStale | RuleRepositoryUnavailable>
  readonly developmentHosts: Effect.Effect<ReadonlyArray<string>, RuleRepositoryUnavailable>
  /** By name, those after this one. */
  readonly developmentHostsAfter: (
    hostname: string,
    most: number
  ) => Effect.Effect<ReadonlyArray<string>, RuleRepositoryUnavailable>
  readonly addDevelopmentHost: (
    hostname: string,
    request: JudgedRequest
  ) => Effect.Effect<void, HostExists | RulesMoved | RuleRepositoryUnavailable>
  readonly removeDevelopmentHost: (
    hostname: string,
    request: JudgedRequest
  ) => Effect.Effect<void, HostNotFound | RulesMoved | RuleRepositoryUnavailable>
  readonly teams: Effect.Effect<ReadonlyArray<HostTeam>, RuleRepositoryUnavailable>
  /** By name, those of the hosts after this one. */
  readonly teamsAfter: (
    hostname: string,
    most: number
  ) => Effect.Effect<ReadonlyArray<HostTeam>, RuleRepositoryUnavailable>
  readonly addTeam: (
    hostname: string,
    team: string,
    request: JudgedRequest
  ) => Effect.Effect<void, HostExists | RulesMoved | RuleRepositoryUnavailable>
  readonly updateTeam: (
    hostname: string,
    team: string,
    request: JudgedRequest
  ) => Effect.Effect<void, HostNotFound | RulesMoved | RuleRepositoryUnavailable>
  readonly removeTeam: (
    hostname: string,
    request: JudgedRequest
  ) => Effect.Effect<void, HostNotFound | RulesMoved | RuleRepositoryUnavailable>
}>()("mutt/layers/rules/RuleRepository") {}

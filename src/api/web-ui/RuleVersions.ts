import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware, OpenApi } from "effect/http-api"
import { LintFinding } from "../../domain/LintFinding.ts"
import { HostPattern } from "../../domain/Rule.ts"
import { LintFailed, TestsFailed } from "../../domain/RuleProblems.ts"
import { VersionStale, VersionUnknown } from "../../domain/SettingProblems.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { mostInteger, Reason, text, whole } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, RoleRefused, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursorLike, limit, Pagination } from "./paging.ts"
import { FileRule, Force, ruleFields, RuleView } from "./Rules.ts"
import { ConditionMissing, conditions } from "./Settings.ts"

/** A body may be as large as all rules are; beneath the roles. */
export class LargeBody extends HttpApiMiddleware.Service<LargeBody>()("mutt/api/web-ui/LargeBody") {}

const FileTeam = Schema.Struct({ hostname: HostPattern, team_assignment: text(100) }).annotate({
  identifier: "FileTeam"
})

/** Development hosts and the teams of hosts. What is absent stays as it is. */
export const FileHosts = Schema.Struct({
  development: Schema.optionalKey(Schema.Array(HostPattern).check(Schema.isMaxLength(10_000))),
  teams: Schema.optionalKey(Schema.Array(FileTeam).check(Schema.isMaxLength(10_000)))
}).annotate({ identifier: "FileHosts" })

/** A test of the rules: its name, and what `docs/RULES.md` says. */
const FileTest = Schema.StructWithRest(Schema.Struct({ name: text(200) }), [
  Schema.Record(Schema.String, Schema.Json)
]).annotate({ identifier: "FileTest" })

/** All rules, with hosts and tests, as a file has them. */
export const RulesFile = Schema.Struct({
  rules: Schema.Array(FileRule).check(Schema.isMaxLength(10_000)),
  hosts: Schema.optionalKey(FileHosts),
  tests: Schema.optionalKey(Schema.Array(FileTest).check(Schema.isMaxLength(10_000)))
}).annotate({ identifier: "RulesFile" })
export type RulesFile = typeof RulesFile.Type

const Version = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** Events of the record that lint looks at. */
export const Sample = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))

const asked = {
  /** Refuse when there is another version by now; as `If-Match`. */
  if_version: Schema.optionalKey(Version),
  /** Check and compare only. */
  dry_run: Schema.optionalKey(Schema.Boolean),
  reason: Reason,
  force: Force,
  /** Of the newest recorded events, lint looks at so many; 2,000 when absent. */
  sample: Schema.optionalKey(Sample)
}

/** A rule that came (no `before`), changed, or went (no `after`). */
const RuleChange = Schema.Struct({
  /** `null`: not known yet, as nothing was changed (`dry_run`). */
  id: Schema.NullOr(Schema.Int),
  name: Schema.NullOr(Schema.String),
  before: Schema.NullOr(Schema.Struct(ruleFields)),
  after: Schema.NullOr(Schema.Struct(ruleFields))
}).annotate({ identifier: "RuleChange" })

export const RulesApplied = Schema.Struct({
  /** The newest now; that of before when nothing differs. */
  version: Schema.Int,
  dry_run: Schema.Boolean,
  rules: Schema.Struct({
    created: Schema.Array(RuleChange),
    changed: Schema.Array(RuleChange),
    deleted: Schema.Array(RuleChange),
    unchanged: Schema.Int
  }),
  development_hosts: Schema.Struct({ added: Schema.Array(Schema.String), removed: Schema.Array(Schema.String) }),
  teams: Schema.Array(Schema.Struct({
    hostname: Schema.String,
    before: Schema.NullOr(Schema.String),
    after: Schema.NullOr(Schema.String)
  })),
  tests: Schema.Struct({
    created: Schema.Array(Schema.String),
    changed: Schema.Array(Schema.String),
    deleted: Schema.Array(Schema.String)
  }),
  findings: Schema.Array(LintFinding),
  /** Recorded events that lint looked at. */
  sampled: Schema.Int
}).annotate({ identifier: "RulesApplied" })
export type RulesApplied = typeof RulesApplied.Type

const RuleVersionItem = Schema.Struct({
  version: Schema.Int,
  changed_at: Schema.String,
  /** `null`: made by hand in the database, or before versions were kept. */
  changed_by: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  /** Entries of the audit that tell what changed. */
  changes: Schema.Int
}).annotate({ identifier: "RuleVersion" })

/** Everything as it was at a version. */
export const RuleSetView = Schema.Struct({
  version: Schema.Int,
  rules: Schema.Array(RuleView),
  hosts: Schema.Struct({
    development: Schema.Array(Schema.String),
    teams: Schema.Array(FileTeam)
  }),
  tests: Schema.Array(FileTest)
}).annotate({ identifier: "RuleSet" })
export type RuleSetView = typeof RuleSetView.Type

const params = { version: whole(0, mostInteger) }
const refusals = [RoleRefused, LintFailed, TestsFailed, VersionStale, ConditionMissing, Invalid, Unavailable] as const

/** Rules, hosts, teams and their tests as one thing that has versions. */
export class RuleVersionsGroup extends HttpApiGroup.make("ruleVersions")
  .add(
    HttpApiEndpoint.get("list", "/rules/versions", {
      query: { limit: Schema.optionalKey(limit), cursor: cursorLike(/^[0-9]{1,15}$/u) },
      success: Schema.Struct({
        versions: Schema.Array(RuleVersionItem),
        pagination: Pagination.mapFields(Struct.omit(["page"]))
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Who made which version of the rules, newest first"),
    HttpApiEndpoint.get("get", "/rules/versions/:version", {
      params,
      success: RuleSetView,
      error: [VersionUnknown, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Rules, hosts, teams and tests as they were at a version"),
    HttpApiEndpoint.post("apply", "/rules/apply", {
      headers: conditions,
      payload: Schema.Struct({ ...RulesFile.fields, ...asked }),
      success: RulesApplied,
      error: refusals
    }).middleware(Idempotent).middleware(OperatorOnly).middleware(LargeBody).annotate(
      OpenApi.Summary,
      "Make the rules what a file says, as one version, or see what would change"
    ),
    HttpApiEndpoint.post("restore", "/rules/versions/:version/restore", {
      params,
      headers: conditions,
      payload: Schema.Struct(asked),
      success: RulesApplied,
      error: [VersionUnknown, ...refusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "A new version with the rules, hosts, teams and tests of an old one"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Rule versions" }))
{}

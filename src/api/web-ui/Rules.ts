import { Effect, Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Decision } from "../../domain/Decision.ts"
import { ruleColumns, RuleDraft, RuleName, StoredRule, storedRuleColumns } from "../../domain/Rule.ts"
import { LintFailed, RuleNameTaken, RuleNotFound, TestsFailed } from "../../domain/RuleProblems.ts"
import { VersionStale } from "../../domain/SettingProblems.ts"
import { Severity } from "../../domain/Severity.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, rowId, text } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, RoleRefused, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursor, More } from "./paging.ts"
import { ConditionMissing, conditions } from "./Settings.ts"

/** The fields of a rule under their names on the wire, with their limits. */
export const ruleFields = {
  ...Struct.renameKeys(RuleDraft.fields, ruleColumns),
  /** Text or pattern that `contains`, `regex` and `exact` compare with the message, without and with its tag. */
  match_string: Schema.NullOr(text(1_024)),
  /** OID that `oid_prefix` compares, arc by arc. */
  trap_oid: Schema.NullOr(text(255)),
  /** The lowest that matches decides. */
  priority: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })),
  team_assignment: text(100)
}

/** A rule as the API shows it. */
export const RuleView = Schema.Struct({ ...Struct.renameKeys(StoredRule.fields, storedRuleColumns), ...ruleFields })
  .annotate({ identifier: "Rule" })
export type RuleView = typeof RuleView.Type

/** Requires one of these fields, in JSON Schema. */
const oneOf = (names: ReadonlyArray<string>) => ({ anyOf: names.map((name) => ({ required: [name] })) })

/** Store it although lint or tests refuse it; needs role admin and a reason. */
export const Force = Schema.optionalKey(Schema.Boolean)

const or = <A>(value: A) => Effect.succeed(value)

/** What a new rule needs: both handlings, a team, and something to match. */
export const RuleInput = Schema.Struct({
  /** What files call it; `rule-<id>` when absent. */
  name: Schema.optionalKey(RuleName),
  ...ruleFields,
  match_type: ruleFields.match_type.pipe(Schema.withDecodingDefaultKey(or("contains" as const))),
  match_string: ruleFields.match_string.pipe(Schema.withDecodingDefaultKey(or(null))),
  trap_oid: ruleFields.trap_oid.pipe(Schema.withDecodingDefaultKey(or(null))),
  syslog_severity: ruleFields.syslog_severity.pipe(Schema.withDecodingDefaultKey(or(null))),
  priority: ruleFields.priority.pipe(Schema.withDecodingDefaultKey(or(100))),
  is_active: ruleFields.is_active.pipe(Schema.withDecodingDefaultKey(or(true))),
  reason: Reason,
  force: Force
}).annotate({ identifier: "RuleInput" })
export type RuleInput = typeof RuleInput.Type

/** A rule of a file. Its name says which of the rules there it is; without one, that which says the same. */
export const FileRule = Schema.Struct(Struct.omit(RuleInput.fields, ["reason", "force"]))
  .annotate({ identifier: "FileRule" })

/** The fields to change; the rest stays. */
export const RuleChanges = Schema.Struct({
  ...Struct.map({ name: RuleName, ...ruleFields }, Schema.optionalKey),
  reason: Reason,
  force: Force
}).check(Schema.makeFilter(
  ({ force: _force, reason: _reason, ...changes }) => Object.keys(changes).length > 0 || "No fields to update.",
  { toJsonSchema: () => oneOf(Object.keys({ name: RuleName, ...ruleFields })) }
)).annotate({ identifier: "RuleChanges" })
export type RuleChanges = typeof RuleChanges.Type

const hostOrLine = Schema.makeFilter<{ readonly hostname?: string; readonly line?: string }>(
  ({ hostname, line }) =>
    hostname !== undefined || line !== undefined || { path: ["hostname"], issue: "Is needed without a line" },
  { toJsonSchema: () => oneOf(["hostname", "line"]) }
)

/** An event to test, in the fields of intake, or a line of syslog that is decoded as intake does. */
export const TrialEvent = Schema.Struct({
  /** With a line, the address it came from, which is the host if the line names none. */
  hostname: Schema.optionalKey(text(255)),
  /** A line as a device sends it: `<189>Nov 28 04:20:00 sw9 LINK-DOWN: port 3`. Only `hostname` counts beside it. */
  line: Schema.optionalKey(text(65_536)),
  message: Schema.String.check(Schema.isMaxCodePoints(65_536)).pipe(Schema.withDecodingDefaultKey(or(""))),
  /** The text before the message: `LINK-DOWN` or `sshd[812]: `. */
  tag: Schema.optionalKey(text(255)),
  /** Number or name; `severity` means the same. */
  syslog_severity: Schema.optionalKey(Schema.Union([Schema.Int, Schema.String])),
  severity: Schema.optionalKey(Schema.Union([Schema.Int, Schema.String])),
  trap_oid: Schema.optionalKey(text(255))
}).check(hostOrLine).annotate({ identifier: "TrialEvent" })
export type TrialEvent = typeof TrialEvent.Type

/** The fields that rules compare. Text rules see the message, and the message after its tag. */
const Saw = Schema.Struct({
  hostname: Schema.String,
  message: Schema.String,
  tag: Schema.NullOr(Schema.String),
  severity: Schema.NullOr(Severity),
  trap_oid: Schema.NullOr(Schema.String)
}).annotate({ identifier: "TrialSaw" })

export const Verdict = Schema.Struct({
  matched: Schema.Boolean,
  ...Struct.pick(Decision.fields, ["outcome", "environment", "handling", "team", "reason"]),
  rule: Schema.NullOr(RuleView),
  saw: Saw,
  /** The other active rules in their order, with why each does not decide; at most the first 100. */
  others: Schema.Array(Schema.Struct({ rule_id: Schema.Int, priority: Schema.Int, why: Schema.String })),
  /** Active rules beyond those. */
  others_omitted: Schema.Int
}).annotate({ identifier: "Verdict" })
export type Verdict = typeof Verdict.Type

const id = { id: rowId }

/** The body of an edit that says nothing else, or nothing at all. */
export const EditOnly = [Schema.Struct({ reason: Reason, force: Force }), Schema.Null] as const

/** What refuses an edit of rules, hosts or teams, besides what is wrong with it. */
export const editRefusals = [
  RoleRefused,
  LintFailed,
  TestsFailed,
  VersionStale,
  ConditionMissing,
  Invalid,
  Unavailable
] as const

const Written = Schema.Struct({ id: Schema.Int, message: Schema.String, rule: RuleView })
const Done = Schema.Struct({ message: Schema.String })

export class RulesGroup extends HttpApiGroup.make("rules")
  .add(
    HttpApiEndpoint.get("list", "/rules", {
      query: { cursor },
      success: Schema.Struct({ rules: Schema.Array(RuleView), pagination: More }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "All rules, by priority; ETag is the version of rules, hosts, teams and tests"
    ),
    HttpApiEndpoint.get("byId", "/rules/:id", { params: id, success: RuleView, error: [RuleNotFound, Unavailable] })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "One rule; ETag is the version it was last changed in"),
    HttpApiEndpoint.post("test", "/rules/test", {
      payload: TrialEvent,
      success: Verdict,
      error: [Invalid, Unavailable]
    })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "Which rule an event would match, and why"),
    HttpApiEndpoint.post("create", "/rules", {
      headers: conditions,
      payload: RuleInput,
      success: Written.pipe(HttpApiSchema.status(201)),
      error: [RuleNameTaken, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Add a rule"),
    HttpApiEndpoint.put("update", "/rules/:id", {
      params: id,
      headers: conditions,
      payload: RuleChanges,
      success: Written,
      error: [RuleNotFound, RuleNameTaken, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Change a rule"),
    HttpApiEndpoint.delete("remove", "/rules/:id", {
      params: id,
      headers: conditions,
      payload: EditOnly,
      success: Done,
      error: [RuleNotFound, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Delete a rule; the audit goes on naming it"
    ),
    HttpApiEndpoint.post("restore", "/rules/:id/restore", {
      params: id,
      headers: conditions,
      payload: EditOnly,
      success: Written,
      error: [RuleNotFound, RuleNameTaken, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Bring back a rule that was deleted, with its number"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Rules", description: "What becomes of which events." }))
{}

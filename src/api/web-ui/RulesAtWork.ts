import { Effect, Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { LintFinding } from "../../domain/LintFinding.ts"
import { FailedTest } from "../../domain/RuleProblems.ts"
import { RulesInForce } from "../../domain/RulesInForce.ts"
import { TimeZoneVersion } from "../../domain/TimeZoneVersion.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { When } from "./AuditLogs.ts"
import { cursorLike, More } from "./paging.ts"
import { LargeBody, RulesFile, Sample } from "./RuleVersions.ts"

/** How often a rule decided. Counted by the alerters, and not exact: a process that is killed loses ten seconds. */
const RuleStatsItem = Schema.Struct({
  rule_id: Schema.Int,
  name: Schema.String,
  is_active: Schema.Boolean,
  /** Events since `since`, by what became of them. */
  forwarded: Schema.Finite,
  suppressed: Schema.Finite,
  /** When the newest event that it decided arrived, perhaps before `since`. */
  last_hit: Schema.NullOr(Schema.String),
  /** It decided nothing that is known. */
  never_hit: Schema.Boolean,
  /** Name of the rule that takes all that it could match. */
  shadowed_by: Schema.NullOr(Schema.String)
}).annotate({ identifier: "RuleStats" })
export type RuleStatsItem = typeof RuleStatsItem.Type

/** An alerter, and the rules it decides by. */
const RulesInstance = Schema.Struct({
  instance: Schema.String,
  ...RulesInForce.fields,
  /** Since when it says the same of version and `ok`. */
  since: Schema.String,
  seen: Schema.String
}).annotate({ identifier: "RulesInstance" })
export type RulesInstance = typeof RulesInstance.Type

/** Reads what alerters do with rules, and what could be wrong with these. */
export class RulesAtWorkGroup extends HttpApiGroup.make("rulesAtWork")
  .add(
    HttpApiEndpoint.get("stats", "/rules/stats", {
      query: { since: When, cursor: cursorLike(/^[0-9]{1,10}$/u) },
      success: Schema.Struct({
        /** From the beginning of this hour on; 24 hours ago when nothing was asked for. */
        since: Schema.String,
        /** Nothing is known of hits before this hour; `null`: of none at all. */
        counted_since: Schema.NullOr(Schema.String),
        rules: Schema.Array(RuleStatsItem),
        pagination: More
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "How often each rule decided, and which never does"),
    HttpApiEndpoint.get("instances", "/rules/instances", {
      success: Schema.Struct({
        /** The newest version of the rules. */
        version: Schema.Int,
        /** There is an alerter, and each of them decides by this version. */
        followed: Schema.Boolean,
        instances: Schema.Array(RulesInstance),
        /** Version of the time zone data of this web-ui; each instance has its own. */
        time_zone_data: TimeZoneVersion,
        /** All that say it have the same. If not, schedules of silences may begin at different times. */
        same_time_zones: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true)))
      }),
      error: Unavailable
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Which alerter decides by which version of the rules"),
    HttpApiEndpoint.post("lint", "/rules/lint", {
      payload: Schema.Struct({
        ...Struct.map(RulesFile.fields, Schema.optionalKey),
        /** Of the newest recorded events, so many are looked at; 10,000 when absent. */
        sample: Schema.optionalKey(Sample)
      }),
      success: Schema.Struct({
        findings: Schema.Array(LintFinding),
        failed_tests: Schema.Array(FailedTest),
        /** Recorded events that were looked at. */
        sampled: Schema.Int
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).middleware(LargeBody).annotate(
      OpenApi.Summary,
      "What is wrong with the rules of a file, or with those in force, by recorded events too"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Rules at work" }))
{}

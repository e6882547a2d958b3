import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BacktestResult } from "../../domain/BacktestResult.ts"
import { problem } from "../../domain/Problem.ts"
import { HostPattern, RuleName } from "../../domain/Rule.ts"
import { Instant } from "../../silence/Silence.ts"
import { Authenticated, OperatorOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { FileRule } from "./Rules.ts"
import { FileHosts, LargeBody } from "./RuleVersions.ts"

/** One backtest runs already. */
export class BacktestRunning extends HttpApiError.Problem<BacktestRunning>()(...problem("BacktestRunning", 409, {})) {}

/** A rule that comes or changes, by its name; or one that goes. */
const RuleEdit = Schema.Union([
  Schema.Struct({ put: FileRule }),
  Schema.Struct({ delete: RuleName })
]).annotate({ identifier: "RuleEdit" })

const whole = (least: number, most: number) => Schema.Int.check(Schema.isBetween({ minimum: least, maximum: most }))

/** Rules to try on recorded events, and which events. Without `rules` and `changes`, those in force. */
export const BacktestAsked = Schema.Struct({
  /** All rules, as a file has them. */
  rules: Schema.optionalKey(Schema.Array(FileRule).check(Schema.isMaxLength(10_000))),
  /** The rules in force, but for these; in place of `rules`. */
  changes: Schema.optionalKey(Schema.Array(RuleEdit).check(Schema.isMaxLength(1_000))),
  hosts: Schema.optionalKey(FileHosts),
  /** Of arrival. 24 hours before `to` when absent. */
  from: Schema.optionalKey(Instant),
  /** Up to before this. Now when absent. */
  to: Schema.optionalKey(Instant),
  /** A host, or a glob such as `sw1*`. */
  hostname: Schema.optionalKey(HostPattern),
  /** One event in so many, the same ones each time; 1 when absent. */
  sample: Schema.optionalKey(whole(1, 65_536)),
  /** Most events to read; at most as many as `BACKTEST_MAX_EVENTS` says, and that when absent. */
  limit: Schema.optionalKey(whole(1, 100_000_000)),
  /** What they are compared with: the rules in force, or what was decided then. `current` when absent. */
  against: Schema.optionalKey(Schema.Literals(["current", "recorded"]))
}).check(
  Schema.makeFilter(({ changes, rules }) =>
    changes === undefined || rules === undefined || { path: ["changes"], issue: "Cannot stand beside `rules`" }
  )
).annotate({ identifier: "BacktestAsked" })
export type BacktestAsked = typeof BacktestAsked.Type

export const BacktestProgress = Schema.Struct({
  /** Events read so far. */
  read: Schema.Int,
  /** About how many there are to read. */
  of: Schema.Int,
  differing: Schema.Int,
  /** Arrival of the last event that was read. */
  reached: Schema.NullOr(Schema.String)
}).annotate({ identifier: "BacktestProgress" })
export type BacktestProgress = typeof BacktestProgress.Type

const Progressed = Schema.Struct({ event: Schema.Literal("progress"), data: Schema.fromJsonString(BacktestProgress) })
const Finished = Schema.Struct({ event: Schema.Literal("result"), data: Schema.fromJsonString(BacktestResult) })
export type BacktestEvent = typeof Progressed.Type | typeof Finished.Type

export class BacktestsGroup extends HttpApiGroup.make("backtests")
  .add(
    HttpApiEndpoint.post("run", "/rules/backtest", {
      payload: BacktestAsked,
      success: [
        HttpApiSchema.StreamSse({
          events: Schema.Union([Progressed, Finished]),
          error: Schema.Union([BacktestRunning, Unavailable])
        }),
        BacktestResult
      ],
      error: [BacktestRunning, Invalid, Unavailable]
    }).middleware(OperatorOnly).middleware(LargeBody).annotate(
      OpenApi.Summary,
      "What rules would have made of recorded events: progress and then the result as server-sent events, or with " +
        "`Accept: application/json` the result alone. Closing the request ends it"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Backtests" }))
{}

import { Schema, Struct } from "effect"
import { Decision, DecisionOutcome } from "./Decision.ts"
import { Severity } from "./Severity.ts"

/** A decision as people compare it. */
const Shown = Schema.Struct({
  ...Struct.pick(Decision.fields, ["outcome", "handling", "team", "environment"]),
  /** Name of the rule; `null` when none matched. */
  rule: Schema.NullOr(Schema.String)
}).annotate({ identifier: "BacktestDecision" })

/** An event that is decided otherwise. */
export const BacktestExample = Schema.Struct({
  /** `<event_timestamp>_<id>`, as `GET /events/:ref` takes it. */
  ref: Schema.String,
  hostname: Schema.String,
  severity: Schema.NullOr(Severity),
  /** At most 200 characters. */
  message: Schema.String,
  old: Shown,
  new: Shown
}).annotate({ identifier: "BacktestExample" })
export type BacktestExample = typeof BacktestExample.Type

const Figures = Schema.Struct({
  /** Events that are forwarded. */
  alerts: Schema.Int,
  /** Those of them whose handling pages somebody. */
  pages: Schema.Int
}).annotate({ identifier: "BacktestFigures" })

const sides = { old: Figures, new: Figures }

/** What recorded events show of a change of the rules. */
export const BacktestResult = Schema.Struct({
  against: Schema.Literals(["current", "recorded"]),
  from: Schema.String,
  to: Schema.String,
  /** One event in so many was read. */
  sample: Schema.Int,
  /** Events read. */
  read: Schema.Int,
  /** Events there are, about: an estimate of the database; exact when all were read. */
  of: Schema.Int,
  /** Why it ended before the last event: as many were read as wanted, or the time was up. */
  stopped: Schema.NullOr(Schema.Literals(["limit", "time"])),
  /** Arrival of the last event that was read. */
  reached: Schema.NullOr(Schema.String),
  /** Milliseconds it took. */
  ms: Schema.Int,
  /** Events decided otherwise: another outcome, rule, handling, team or environment. */
  differing: Schema.Int,
  /** Outcomes before and after, and how many of the events differ. */
  matrix: Schema.Array(Schema.Struct({
    old: DecisionOutcome,
    new: DecisionOutcome,
    count: Schema.Int,
    differing: Schema.Int,
    /** At most 20. */
    examples: Schema.Array(BacktestExample)
  })),
  all: Schema.Struct(sides),
  /** By rule, those that change most first. */
  rules: Schema.Array(Schema.Struct({ rule: Schema.String, ...sides })),
  teams: Schema.Array(Schema.Struct({ team: Schema.String, ...sides })),
  /** By the hour of arrival. */
  hours: Schema.Array(Schema.Struct({ hour: Schema.String, ...sides })),
  /** The 20 hosts with most differing events. */
  hosts: Schema.Array(Schema.Struct({ hostname: Schema.String, differing: Schema.Int, ...sides })),
  /** What recorded events cannot show, in sentences. */
  could_not_know: Schema.Array(Schema.Struct({
    code: Schema.Literals(["unreadable", "unmatched", "sampled", "stopped", "silenced", "hosts"]),
    detail: Schema.String
  }))
}).annotate({ identifier: "BacktestResult" })
export type BacktestResult = typeof BacktestResult.Type
export type Stopped = BacktestResult["stopped"]

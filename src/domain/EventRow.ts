import { Schema } from "effect"
import { Cause, DecisionOutcome } from "./Decision.ts"

/** One recorded event in a list, without its raw text. */
export const EventRow = Schema.Struct({
  /** `<event_timestamp>_<id>`, by which the event is found without a search. */
  ref: Schema.String,
  id: Schema.String,
  received_at: Schema.String,
  event_timestamp: Schema.String,
  hostname: Schema.String,
  severity: Schema.NullOr(Schema.Int),
  /** Its first 300 characters. */
  message: Schema.String,
  /** There is more of the message. */
  cut: Schema.Boolean,
  outcome: DecisionOutcome,
  cause: Schema.NullOr(Cause),
  cause_id: Schema.NullOr(Schema.String),
  environment: Schema.String,
  rule_id: Schema.NullOr(Schema.Int),
  /** As the rule was called in the version that decided; `null` when that is not known. */
  rule_name: Schema.NullOr(Schema.String),
  team: Schema.String,
  handling: Schema.NullOr(Schema.String),
  source: Schema.NullOr(Schema.String),
  sender: Schema.NullOr(Schema.String),
  rules_version: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "EventRow" })
export type EventRow = typeof EventRow.Type

/** How many events ended how, from `at` on. */
export const EventBucket = Schema.Struct({
  at: Schema.String,
  forwarded: Schema.Int,
  suppressed: Schema.Int,
  unmatched: Schema.Int
}).annotate({ identifier: "EventBucket" })
export type EventBucket = typeof EventBucket.Type

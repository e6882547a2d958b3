import { Schema } from "effect"
import { Environment, Handling } from "./Rule.ts"

/** Where an accepted event ends. Every event reaches exactly one of these. */
export const Outcome = Schema.Literals([
  /** A rule matched and an alert was handed to the forwarder. */
  "forwarded",
  /** A rule matched and its handling keeps only the record. */
  "suppressed",
  /** No rule matched: stored, counted towards a meta-alert. */
  "unmatched",
  /** Could not be processed: kept as a dead letter with its reason. */
  "dead"
])
export type Outcome = typeof Outcome.Type

/** What the rules said of one event. */
export const Decision = Schema.Struct({
  outcome: Schema.Literals(["forwarded", "suppressed", "unmatched"]),
  environment: Environment,
  /** `null` when no rule matched. */
  ruleId: Schema.NullOr(Schema.Int),
  handling: Schema.NullOr(Handling),
  team: Schema.String,
  /** One sentence for people: why this outcome. */
  reason: Schema.String
})
export type Decision = typeof Decision.Type

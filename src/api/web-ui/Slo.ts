import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { problem } from "../../domain/Problem.ts"

/** This installation has no Prometheus that could be asked. */
export class ObjectivesUnknown
  extends HttpApiError.Problem<ObjectivesUnknown>()(...problem("ObjectivesUnknown", 404, {}))
{}

/** One objective as Prometheus counts it. A figure without data is null. */
export const ObjectiveStatus = Schema.Struct({
  name: Schema.Literals(["intake", "decided", "delivered", "settings"]),
  good: Schema.String,
  /** The share wanted, such as 0.999. */
  target: Schema.Finite,
  /** The share of good ones in the last 30 days. */
  value: Schema.NullOr(Schema.Finite),
  /** The part of the budget that is left: 1 all of it, below 0 more was spent than there is. */
  budget_left: Schema.NullOr(Schema.Finite),
  /** How fast the budget is spent: 1 spends that of 30 days in 30 days. */
  burn_rates: Schema.Record(Schema.String, Schema.NullOr(Schema.Finite)),
  /** `burning`: fast enough for an alert. `spent`: the budget is. `no_data`: nothing happened, or Prometheus is new. */
  status: Schema.Literals(["ok", "burning", "spent", "no_data"])
}).annotate({ identifier: "ObjectiveStatus" })
export type ObjectiveStatus = typeof ObjectiveStatus.Type

export const Slo = Schema.Struct({ days: Schema.Int, objectives: Schema.Array(ObjectiveStatus) }).annotate({
  identifier: "Slo"
})
export type Slo = typeof Slo.Type

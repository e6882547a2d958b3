import { Schema } from "effect"
import { TimeZoneVersion } from "./TimeZoneVersion.ts"

/** A rule that matches nothing, because its pattern or OID cannot be used. */
export const UnusableRule = Schema.Struct({ rule_id: Schema.Int, field: Schema.String, message: Schema.String })
  .annotate({ identifier: "UnusableRule" })

/** What one alerter says of the rules it decides by. */
export const RulesInForce = Schema.Struct({
  /** The version that it decides by; `null` before the first one. */
  version: Schema.NullOr(Schema.Int),
  /** It can read the newest. `false`: it cannot, `reason` says why, and those in force stay. */
  ok: Schema.Boolean,
  reason: Schema.NullOr(Schema.String),
  /** Milliseconds that reading and compiling them took. */
  ms: Schema.Finite,
  /** Active rules in force. */
  rules: Schema.Int,
  /** How many more cannot be used, and the first 20 of them. */
  unusable: Schema.Int,
  unusable_rules: Schema.Array(UnusableRule),
  /** By which it tells when the windows of silences begin. */
  time_zone_data: TimeZoneVersion
})
export type RulesInForce = typeof RulesInForce.Type

/** Unusable rules that are told of one by one. */
export const mostUnusable = 20

import { Schema } from "effect"
import { Environment, Handling } from "./Rule.ts"
import { Severity } from "./Severity.ts"

/**
 * An alert on its way from the alerter to the forwarder. `id` is that of its event (of a meta-alert, the event that
 * completed the count), so that a repeat is recognised.
 */
export const Alert = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["event", "meta"]),
  correlationId: Schema.String,
  /** The platform de-duplicates by it: host, rule and masked text. Alerts of one signature stay in order. */
  signature: Schema.String,
  hostname: Schema.String,
  message: Schema.String,
  severity: Schema.optionalKey(Severity),
  environment: Environment,
  handling: Handling,
  team: Schema.String,
  /** `null` for a meta-alert. */
  ruleId: Schema.NullOr(Schema.Int),
  eventTimestamp: Schema.String,
  receivedAt: Schema.String,
  decidedAt: Schema.String,
  trapOid: Schema.optionalKey(Schema.String),
  source: Schema.String,
  /** How many events a meta-alert stands for. */
  count: Schema.optionalKey(Schema.Int),
  /** Present when its trace is told: where the step stands that decided (W3C Trace Context). */
  traceparent: Schema.optionalKey(Schema.String)
})
export type Alert = typeof Alert.Type

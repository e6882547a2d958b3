import { Effect, Schema } from "effect"

/** One thing that a process depends on, as `/readyz` says it. */
export const CheckState = Schema.Struct({
  state: Schema.Literals(["ok", "degraded", "down"]),
  required: Schema.Boolean,
  /** Since it was last known to be well. */
  age_ms: Schema.optionalKey(Schema.Finite),
  detail: Schema.optionalKey(Schema.String)
})

/** Whether a process can work, by its own checks. */
export const ProcessState = Schema.Literals(["ready", "not_ready", "draining"])

/** What a process says of itself, whatever address it answers at. */
export const ProcessReport = Schema.Struct({
  version: Schema.String,
  /** The key of the bundle that it runs from; `null`: it runs the sources, or is of a release that does not tell. */
  build: Schema.NullOr(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed(null))),
  /** Such as `node 24.21.0`. */
  runtime: Schema.String,
  /** RFC 3339. */
  started_at: Schema.String,
  /** Where it answers, as it knows that itself. Earlier versions do not tell. */
  url: Schema.optionalKey(Schema.String),
  state: ProcessState,
  /** By name. */
  checks: Schema.Record(Schema.String, CheckState),
  memory_bytes: Schema.Int,
  /** Events accepted, decided or delivered since its report before; `null` where it has none to do. */
  events_per_second: Schema.NullOr(Schema.Finite),
  /** Of the silences it decides by; `null` where it decides nothing, or has not read them. */
  silences_version: Schema.NullOr(Schema.Int)
})
export type ProcessReport = typeof ProcessReport.Type

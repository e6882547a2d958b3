import { Schema } from "effect"
import { CheckState, ProcessState } from "../../domain/ProcessReport.ts"
import { Program } from "../../domain/Settings.ts"

/** A process that runs, by what it reports itself. What it does not tell is `null`: earlier versions tell less. */
const FleetProcess = Schema.Struct({
  program: Program,
  instance: Schema.String,
  version: Schema.NullOr(Schema.String),
  /** The key of the bundle that it runs from, a hash of its sources; `null` when it runs the sources too. */
  build: Schema.NullOr(Schema.String),
  /** Such as `node 24.21.0`. */
  runtime: Schema.NullOr(Schema.String),
  started_at: Schema.NullOr(Schema.String),
  /** Where it answers, as it knows that itself. */
  url: Schema.optionalKey(Schema.NullOr(Schema.String)),
  state: Schema.NullOr(ProcessState),
  /** By name, each with its age when it was looked at. */
  checks: Schema.Record(Schema.String, CheckState),
  /** When that was. */
  checked_at: Schema.NullOr(Schema.String),
  /** The settings that it runs; `ok` is false when it refused newer ones, and `reason` says why. */
  settings: Schema.NullOr(Schema.Struct({
    epoch: Schema.String,
    version: Schema.Int,
    ok: Schema.Boolean,
    reason: Schema.NullOr(Schema.String)
  })),
  /** The rules that it decides by; alerters alone have them. `version` is `null` before the first reading. */
  rules: Schema.NullOr(Schema.Struct({
    version: Schema.NullOr(Schema.Int),
    ok: Schema.Boolean,
    reason: Schema.NullOr(Schema.String)
  })),
  silences_version: Schema.NullOr(Schema.Int),
  /** It cannot read its secrets, and goes on with those it has. */
  secrets_stale: Schema.NullOr(Schema.Boolean),
  memory_bytes: Schema.NullOr(Schema.Int),
  /** What an ingestor accepts, an alerter decides, a forwarder delivers. */
  events_per_second: Schema.NullOr(Schema.Finite),
  /** Its newest report of any kind. */
  last_seen: Schema.String
}).annotate({ identifier: "FleetProcess" })
export type FleetProcess = typeof FleetProcess.Type

/** The processes that run, and the addresses of `MUTT_PROGRAMS`, if it is set, that answer nobody. */
export const Fleet = Schema.Struct({
  /** When it was looked at, by the clock of the reports. */
  as_of: Schema.String,
  /** Why the reports cannot be read, and only those are listed that answer at an address; `null`: they can. */
  reports_unavailable: Schema.NullOr(Schema.String),
  /** By program and instance. */
  processes: Schema.Array(FleetProcess),
  addresses: Schema.Array(Schema.Struct({ program: Program, url: Schema.String }))
}).annotate({ identifier: "Fleet" })
export type Fleet = typeof Fleet.Type

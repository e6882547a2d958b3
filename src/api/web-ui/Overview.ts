import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { DecisionOutcome } from "../../domain/Decision.ts"
import { CheckState, ProcessState } from "../../domain/ProcessReport.ts"
import { Program } from "../../domain/Settings.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { When } from "./AuditLogs.ts"
import { Fleet } from "./Fleet.ts"
import { Flow } from "./Flow.ts"
import { ObjectivesUnknown, Slo } from "./Slo.ts"

/** Accepted events per minute. A minute or hour without events counts as zero. */
export const Metrics = Schema.Struct({
  summary: Schema.Struct({
    current_rate_1m: Schema.Finite,
    avg_rate_15m: Schema.Finite,
    avg_rate_1h: Schema.Finite
  }),
  /** By hour in UTC, oldest first; the last one is the hour under way. */
  chart_24h: Schema.Struct({ labels: Schema.Array(Schema.String), data: Schema.Array(Schema.Finite) })
}).annotate({ identifier: "Metrics" })
export type Metrics = typeof Metrics.Type

/** The books: each `difference` is zero unless something was lost or doubled. */
export const BooksView = Schema.Struct({
  balanced: Schema.Boolean,
  events: Schema.Struct({
    accepted: Schema.Int,
    forwarded: Schema.Int,
    suppressed: Schema.Int,
    unmatched: Schema.Int,
    waiting: Schema.Int,
    waiting_bytes: Schema.Int,
    dead: Schema.Int,
    discarded: Schema.Int,
    difference: Schema.Int
  }),
  alerts: Schema.Struct({
    from_events: Schema.Int,
    meta: Schema.Int,
    /** Handed over again from the record, or there when this page of the books began. */
    recovered: Schema.Int,
    delivered: Schema.Int,
    waiting: Schema.Int,
    dead: Schema.Int,
    discarded: Schema.Int,
    difference: Schema.Int
  }),
  quarantine: Schema.Struct({
    received: Schema.Int,
    held: Schema.Int,
    /** Decoded at a replay, and counted among the accepted events. */
    replayed: Schema.Int,
    discarded: Schema.Int,
    /** Older than quarantine_retention_days. */
    trimmed: Schema.Int,
    /** Counted and not kept, as their origin was over its share. */
    over_share: Schema.Int,
    difference: Schema.Int
  })
}).annotate({ identifier: "Books" })
export type BooksView = typeof BooksView.Type

/** The record of events compared with what was settled. */
export const RecordView = Schema.Struct({
  /** No row is missing or too many. */
  whole: Schema.Boolean,
  /** What was compared: whole hours whose events are all settled, `to` without. */
  from: Schema.String,
  to: Schema.String,
  hours: Schema.Int,
  /** Rows missing or too many, summed over the hours. */
  difference: Schema.Struct({ forwarded: Schema.Int, suppressed: Schema.Int, unmatched: Schema.Int }),
  /** Where they differ, by the hour in which events were received. */
  found: Schema.Array(Schema.Struct({
    hour: Schema.String,
    outcome: DecisionOutcome,
    settled: Schema.Int,
    rows: Schema.Int
  }))
}).annotate({ identifier: "RecordComparison" })
export type RecordView = typeof RecordView.Type

export const ProgramStatus = Schema.Struct({
  program: Program,
  url: Schema.String,
  state: Schema.Literals([...ProcessState.literals, "unreachable"]),
  version: Schema.NullOr(Schema.String),
  instance: Schema.NullOr(Schema.String),
  checks: Schema.Record(Schema.String, CheckState)
}).annotate({ identifier: "ProgramStatus" })
export type ProgramStatus = typeof ProgramStatus.Type

export const Version = Schema.Struct({
  current_version: Schema.String,
  default_version: Schema.String,
  supported_versions: Schema.Array(Schema.String),
  version_history: Schema.Record(
    Schema.String,
    Schema.Struct({
      released: Schema.String,
      status: Schema.String,
      changes: Schema.Array(Schema.String)
    })
  )
}).annotate({ identifier: "Version" })

export class OverviewGroup extends HttpApiGroup.make("overview")
  .add(
    HttpApiEndpoint.get("metrics", "/metrics", { success: Metrics, error: Unavailable })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "Rates of accepted events"),
    HttpApiEndpoint.get("books", "/books", { success: BooksView, error: Unavailable })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "What became of every event, and whether the counts balance"),
    HttpApiEndpoint.get("verifyBooks", "/books/verify", {
      query: Schema.Struct({ from: When, to: When }),
      success: RecordView,
      error: [Invalid, Unavailable]
    })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "Whether the record of events is what was settled"),
    HttpApiEndpoint.get("slo", "/slo", { success: Slo, error: [ObjectivesUnknown, Unavailable] })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "The objectives of now, as Prometheus counts them"),
    HttpApiEndpoint.get("status", "/status", { success: Schema.Struct({ programs: Schema.Array(ProgramStatus) }) })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "Health of the four programs"),
    HttpApiEndpoint.get("fleet", "/fleet", { success: Fleet })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "Every process that runs, and what it runs by"),
    HttpApiEndpoint.get("flow", "/flow", { success: Flow })
      .middleware(ViewerOnly).annotate(OpenApi.Summary, "What went through, by second of 5 minutes and by minute of 60")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .add(
    HttpApiEndpoint.get("version", "/version", { success: Version }).middleware(KnownQuery)
      .annotate(OpenApi.Summary, "Versions of this API (no key needed)")
  )
  .annotateMerge(OpenApi.annotations({ title: "Overview" }))
{}

import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { AuditCut } from "../../domain/ChainEntry.ts"
import { problem } from "../../domain/Problem.ts"
import { AdminOnly, Authenticated } from "../shared/Access.ts"
import { text } from "../shared/fields.ts"
import { Idempotent, InSteps } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { When } from "./AuditLogs.ts"
import { BooksView, RecordView } from "./Overview.ts"

/** The chain of changes has another fault than a restored database leaves. */
export class ChainBroken extends HttpApiError.Problem<ChainBroken>()(
  ...problem("ChainBroken", 409, {
    /** The first link that is not as it was, and in what way. */
    seq: Schema.Int,
    fault: Schema.String
  })
) {}

const reason = text(1_000)

/** Counts only. */
const dry_run = Schema.optionalKey(Schema.Boolean)
/** Where to go on: `next` of the answer before. */
const after = Schema.optionalKey(text(500))
/** Where to go on; absent when all is done. */
const next = Schema.optionalKey(Schema.String)

export const RecordRecovered = Schema.Struct({
  /** Rows that were missing and are there now, or with `dry_run` alerts looked at. */
  written: Schema.Int,
  /** Alerts whose row was there. */
  there: Schema.Int,
  /** Meta-alerts, which are no event of their own. */
  meta: Schema.Int,
  /** Alerts that cannot be read or whose row the database refuses. */
  unreadable: Schema.Int,
  /** Events in the queue, whose rows the alerters write. */
  events_waiting: Schema.Int,
  next
}).annotate({ identifier: "RecordRecovered" })

export const AlertsRecovered = Schema.Struct({
  /** Forwarded events found; without `delivered`, those whose delivery is not in the record. */
  found: Schema.Int,
  /** Alerts that are on their way again, or with `dry_run` would be asked for. */
  handed_over: Schema.Int,
  /** Were on their way, or a short while ago. */
  known: Schema.Int,
  /** Events of the record that cannot be read. */
  unreadable: Schema.Int,
  /** Alerts on their way now. */
  waiting: Schema.Int,
  /** The time of recording that is reached. */
  reached: Schema.String,
  next
}).annotate({ identifier: "AlertsRecovered" })

/** What is done by hand after a server was lost. */
export class RecoveryGroup extends HttpApiGroup.make("recovery")
  .add(
    HttpApiEndpoint.post("record", "/recovery/record", {
      payload: Schema.Struct({ reason, dry_run, after }),
      success: RecordRecovered,
      error: [Invalid, Unavailable]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "After PostgreSQL was restored: write the rows of alerts that Redis still has, some at a time"
    ),
    HttpApiEndpoint.post("alerts", "/recovery/alerts", {
      payload: Schema.Struct({
        /** Of events recorded since then. */
        from: When,
        reason,
        dry_run,
        /** Those too whose delivery is recorded. */
        delivered: Schema.optionalKey(Schema.Boolean),
        after
      }),
      success: AlertsRecovered,
      error: [Invalid, Unavailable]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "After Redis was lost: hand the alerts of forwarded events over again, some at a time, with their ids of before"
    ),
    HttpApiEndpoint.post("books", "/recovery/books", {
      payload: Schema.Struct({ reason }),
      success: Schema.Struct({
        before: BooksView,
        after: BooksView,
        /** How the record differed from what was settled; absent when that could not be told. */
        record: Schema.optionalKey(RecordView)
      }),
      error: [Invalid, Unavailable]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "Begin a new page of the books with what is there; the page of before is kept in the audit"
    ),
    HttpApiEndpoint.post("audit", "/recovery/audit", {
      payload: Schema.Struct({ reason }),
      success: Schema.Struct({
        /** `null`: the chain lacks nothing. */
        restored: Schema.NullOr(Schema.Struct({ ...AuditCut.fields, link: Schema.Int }))
      }),
      error: [ChainBroken, Invalid, Unavailable]
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "After PostgreSQL was restored: add to the chain of changes what it has lost"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotate(InSteps, true)
  .annotateMerge(OpenApi.annotations({ title: "Recovery", description: "After a server was lost." }))
{}

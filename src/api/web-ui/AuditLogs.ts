import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ChainEntry } from "../../domain/ChainEntry.ts"
import { Cause, DecisionOutcome, EventAuditEntry } from "../../domain/Decision.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { rowId, text, whole } from "../shared/fields.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { eventCursor } from "./eventRef.ts"
import { cursorLike, Pagination, paging } from "./paging.ts"

/** One change to a rule, host or team, or one decision about dead letters. */
export const ConfigAuditEntry = Schema.Struct({
  id: Schema.Int,
  changed_at: Schema.String,
  changed_by: Schema.String,
  operation: Schema.String,
  table_name: Schema.String,
  /** The number of a rule, the name of anything else. */
  record_id: Schema.Union([Schema.Int, Schema.String]),
  old_values: Schema.NullOr(Schema.Record(Schema.String, Schema.Json)),
  new_values: Schema.NullOr(Schema.Record(Schema.String, Schema.Json)),
  reason: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  /** Role, address and name of the connection that wrote it, as the database saw it; `changed_by` is what was said. */
  writer: Schema.NullOr(Schema.String),
  /** The hash of the link before it in the chain. */
  previous_hash: Schema.String,
  /** The hash of its link in the chain, which covers all before it. */
  entry_hash: Schema.String
}).annotate({ identifier: "ConfigAuditEntry" })

/** The same without the values. */
export const ConfigChange = ConfigAuditEntry.mapFields(Struct.omit(["old_values", "new_values", "previous_hash"]))
  .annotate({
    identifier: "ConfigChange"
  })

/** RFC 3339, or a date alone, which means its midnight in UTC. */
export const When = Schema.optionalKey(Schema.String.check(Schema.isPattern(
  /^(?:19|2[0-9])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):?[0-5][0-9])?)?$/u,
  { message: "Is not a time such as 2026-08-22T10:00:00Z." }
)))

const ConfigAuditQuery = Schema.Struct({
  ...paging,
  cursor: cursorLike(/^[0-9]{1,18}$/u),
  /** Part of the name, without case. */
  changed_by: Schema.optionalKey(text(255)),
  /** Without case. */
  operation: Schema.optionalKey(Schema.String.check(Schema.isPattern(
    /^(?:[Cc][Rr][Ee][Aa][Tt][Ee]|[Uu][Pp][Dd][Aa][Tt][Ee]|[Dd][Ee][Ll][Ee][Tt][Ee])$/u,
    { message: "Is one of CREATE, UPDATE, DELETE." }
  ))),
  table_name: Schema.optionalKey(text(100)),
  record_id: Schema.optionalKey(text(255)),
  correlation_id: Schema.optionalKey(text(255)),
  start_date: When,
  end_date: When
})
export type ConfigAuditQuery = typeof ConfigAuditQuery.Type

/** Whether the chain is unchanged, and its first fault. */
export const AuditVerdict = Schema.Struct({
  whole: Schema.Boolean,
  /** Links found good before the first fault. */
  checked: Schema.Int,
  head: Schema.NullOr(Schema.Struct({ seq: Schema.Int, entry_hash: Schema.String })),
  fault: Schema.NullOr(Schema.Struct({ seq: Schema.Int, fault: Schema.String, detail: Schema.String })),
  /** All checkpoints, those with a signature, and those whose signature is good. */
  checkpoints: Schema.Struct({ known: Schema.Int, signed: Schema.Int, verified: Schema.Int }),
  /** Where the database was restored: links after `after`, up to `lost`, are of a history that is gone. */
  cuts: Schema.Array(Schema.Struct({ after: Schema.Int, lost: Schema.Int, link: Schema.Int, at: Schema.String })),
  /** When that was found. */
  verified_at: Schema.String
}).annotate({ identifier: "AuditVerdict" })

export class AuditLogsGroup extends HttpApiGroup.make("auditLogs")
  .add(
    HttpApiEndpoint.get("events", "/audit-logs", {
      query: {
        ...paging,
        cursor: eventCursor(),
        hostname: Schema.optionalKey(text(255)),
        rule_id: Schema.optionalKey(rowId),
        /** The name that a rule had when it decided. */
        rule: Schema.optionalKey(text(64)),
        outcome: Schema.optionalKey(DecisionOutcome),
        cause: Schema.optionalKey(Cause),
        correlation_id: Schema.optionalKey(text(255)),
        start_date: When,
        end_date: When
      },
      success: Schema.Struct({ logs: Schema.Array(EventAuditEntry), pagination: Pagination }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "What was decided for each event, newest first"),
    HttpApiEndpoint.get("changes", "/config-audit", {
      query: ConfigAuditQuery.fields,
      success: Schema.Struct({ changes: Schema.Array(ConfigChange), pagination: Pagination }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Who changed what, newest first"),
    HttpApiEndpoint.get("configLogs", "/audit", {
      query: ConfigAuditQuery.fields,
      success: Schema.Struct({ logs: Schema.Array(ConfigAuditEntry), pagination: Pagination }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Who changed what, with the values before and after"),
    HttpApiEndpoint.get("verify", "/audit/verify", {
      query: {
        /** `1`: what this process found in the last ten minutes will do. Otherwise the whole chain is read. */
        cached: Schema.optionalKey(Schema.Literals(["0", "1"]))
      },
      success: AuditVerdict,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Check the chain of changes and say where it breaks"),
    HttpApiEndpoint.get("chain", "/audit/chain", {
      query: {
        /** Number of the first link; 1 when absent. */
        from: Schema.optionalKey(whole(1, Number.MAX_SAFE_INTEGER)),
        limit: Schema.optionalKey(whole(1, 1_000))
      },
      success: Schema.Struct({ entries: Schema.Array(ChainEntry) }),
      error: Unavailable
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "The links of the chain, oldest first, to be checked elsewhere")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Audit", description: "The record of decisions and of changes." }))
{}

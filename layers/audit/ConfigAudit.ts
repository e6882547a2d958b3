import { Context, type Effect, Schema } from "effect"
import type { AuditedChange, AuditEntry } from "../../src/domain/ChainEntry.ts"

/** The record could not be read or written. What was to be recorded must not be done. */
export class ConfigAuditFailed extends Schema.TaggedError<ConfigAuditFailed>()("ConfigAuditFailed", {
  /** `query`: the question itself cannot be answered, `detail` says why. */
  reason: Schema.Literals(["unavailable", "query"]),
  detail: Schema.String
}) {}

export interface ConfigAuditQuery {
  readonly limit: number
  /** Bytes of a page as JSON; it ends early where the next row would be too many. One row is given in any case. */
  readonly maxBytes?: number | undefined
  /** Opaque; as answered with the page before. */
  readonly cursor?: string | undefined
  /** Part of the name, without case. */
  readonly actor?: string | undefined
  readonly operation?: AuditedChange["operation"] | undefined
  readonly table?: string | undefined
  readonly key?: string | undefined
  readonly correlationId?: string | undefined
  /** RFC 3339, inclusive, on `at`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface ConfigAuditPage {
  readonly rows: ReadonlyArray<AuditEntry>
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined
}

/** Who changed what. Append-only. `record` joins the caller's transaction when there is one, so that both are kept or neither. */
export class ConfigAudit extends Context.Service<ConfigAudit, {
  readonly record: (change: AuditedChange) => Effect.Effect<void, ConfigAuditFailed>
  /** Newest first, by keyset. */
  readonly search: (query: ConfigAuditQuery) => Effect.Effect<ConfigAuditPage, ConfigAuditFailed>
}>()("mutt/layers/audit/ConfigAudit") {}

import { Context, type Effect, Schema } from "effect"

/** The record could not be read or written. What was to be recorded must not be done. */
export class ConfigAuditFailed extends Schema.TaggedError<ConfigAuditFailed>()("ConfigAuditFailed", {
  /** `query`: the question itself cannot be answered, `detail` says why. */
  reason: Schema.Literals(["unavailable", "query"]),
  detail: Schema.String
}) {}

export type ConfigValues = Readonly<Record<string, Schema.Json>>

/** One change, as it is recorded. `recordId` names what was changed within its table. */
export interface ConfigAuditDraft {
  readonly changedBy: string
  readonly operation: "CREATE" | "UPDATE" | "DELETE"
  readonly tableName: string
  readonly recordId: string
  readonly oldValues: ConfigValues | null
  readonly newValues: ConfigValues | null
  readonly reason: string | null
  readonly correlationId: string
}

export interface ConfigAuditRow extends Omit<ConfigAuditDraft, "correlationId"> {
  readonly id: number
  readonly changedAt: string
  readonly correlationId: string | null
  /** Role, address and name of the connection that wrote it, as the database saw it; `changedBy` is what was said. */
  readonly writer: string | null
}

export interface ConfigAuditQuery {
  readonly limit: number
  /** Bytes of a page as JSON; it ends early where the next row would be too many. One row is given in any case. */
  readonly maxBytes?: number | undefined
  /** Opaque; as answered with the page before. */
  readonly cursor?: string | undefined
  /** Part of the name, without case. */
  readonly changedBy?: string | undefined
  readonly operation?: ConfigAuditDraft["operation"] | undefined
  readonly tableName?: string | undefined
  readonly recordId?: string | undefined
  readonly correlationId?: string | undefined
  /** RFC 3339, inclusive, on `changedAt`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface ConfigAuditPage {
  readonly rows: ReadonlyArray<ConfigAuditRow>
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined
}

/**
 * Who changed what. Append-only. `record` joins the caller's transaction when there is one, so that both are kept or
 * neither.
 */
export class ConfigAudit extends Context.Service<ConfigAudit, {
  readonly record: (draft: ConfigAuditDraft) => Effect.Effect<void, ConfigAuditFailed>
  /** Newest first, by keyset. */
  readonly search: (query: ConfigAuditQuery) => Effect.Effect<ConfigAuditPage, ConfigAuditFailed>
}>()("mutt/layers/audit/ConfigAudit") {}

import { Context, type Effect, Schema } from "effect"
import type { AuditedChange, ChainEntry } from "../../src/domain/ChainEntry.ts"
import type { Page, PageQuery } from "../../src/logic/withinBytes.ts"

/** The audit could not be read or written. A change that is not recorded must not be made. */
export class ConfigAuditFailed extends Schema.TaggedError<ConfigAuditFailed>()("ConfigAuditFailed", {
  /** `query`: the search makes no sense, `detail` says why. */
  reason: Schema.Literals(["unavailable", "query"]),
  detail: Schema.String
}) {}

export interface ConfigAuditQuery extends PageQuery {
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

/** Records who changed what. `record` joins the caller's transaction, so that change and record are kept or lost together. */
export class ConfigAudit extends Context.Service<ConfigAudit, {
  readonly record: (change: AuditedChange) => Effect.Effect<void, ConfigAuditFailed>
  /** The same for many changes, in their order, with a fraction of the statements. */
  readonly recordAll: (changes: ReadonlyArray<AuditedChange>) => Effect.Effect<void, ConfigAuditFailed>
  /** Newest first, by keyset. */
  readonly search: (query: ConfigAuditQuery) => Effect.Effect<Page<ChainEntry>, ConfigAuditFailed>
}>()("mutt/layers/audit/ConfigAudit") {}

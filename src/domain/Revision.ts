import { Schema } from "effect"

/** One change of one setting, as the history lists it. */
export const Revision = Schema.Struct({
  version: Schema.Int,
  key: Schema.String,
  oldValue: Schema.Json,
  /** With `isUnset`, the default again. */
  newValue: Schema.Json,
  isUnset: Schema.Boolean,
  changedBy: Schema.String,
  changedAt: Schema.String,
  reason: Schema.NullOr(Schema.String),
  correlationId: Schema.NullOr(Schema.String)
})
export type Revision = typeof Revision.Type

/** Field of a revision → its name in the API and the database, where they differ. */
export const revisionColumns = {
  oldValue: "old_value",
  newValue: "new_value",
  isUnset: "is_unset",
  changedBy: "changed_by",
  changedAt: "changed_at",
  correlationId: "correlation_id"
} as const

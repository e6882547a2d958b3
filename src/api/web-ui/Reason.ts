import { Schema } from "effect"

/** Why somebody changes something. Kept in the audit beside the change. */
export const Reason = Schema.optionalKey(Schema.NullOr(Schema.String.check(Schema.isMaxLength(1_000))))

import { Schema } from "effect"
import { storable } from "../shared/fields.ts"

/** Why somebody changes something. Kept in the audit beside the change. */
export const Reason = Schema.optionalKey(Schema.NullOr(Schema.String.check(Schema.isMaxCodePoints(1_000), storable)))

/** The body of a request that needs none: an object with a reason, or nothing at all. */
export const Because = [Schema.Struct({ reason: Reason }), Schema.Null] as const

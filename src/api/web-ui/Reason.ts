import { Schema } from "effect"

/** Text as the database can keep it: everything but NUL. */
export const storable = Schema.makeFilter<string>((text) => !text.includes("\0") || "Holds a NUL character")

/** Why somebody changes something. Kept in the audit beside the change. */
export const Reason = Schema.optionalKey(Schema.NullOr(Schema.String.check(Schema.isMaxLength(1_000), storable)))

/** The body of a request that needs none: an object with a reason, or nothing at all. */
export const Because = [Schema.Struct({ reason: Reason }), Schema.Null] as const

import { Schema, SchemaTransformation } from "effect"
import { storable } from "../../domain/storable.ts"

/** Text of 1 to `most` characters (code points, as the database and JSON Schema count them) that can be stored. */
export const text = (most: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxCodePoints(most), storable)

/**
 * A whole number in a path or a query, perhaps with a sign. `withTypedParameters` describes it as an integer with its
 * bounds, which the codec of a number would not.
 */
export const whole = (minimum: number, maximum: number) =>
  Schema.String.check(Schema.makeFilter(
    (digits) => /^[+-]?\d{1,16}$/.test(digits) || "Is no whole number",
    { toJsonSchema: () => ({ type: "integer", minimum, maximum }) }
  )).pipe(
    Schema.decodeTo(
      Schema.Int.check(Schema.isBetween({ minimum, maximum })),
      SchemaTransformation.transform({ decode: Number, encode: String })
    )
  )

/** Largest number of a column of type `integer`. */
export const mostInteger = 2_147_483_647

/** The number of a row. */
export const rowId = whole(1, mostInteger)

/** The reason of a change, kept in the audit with it. */
export const Reason = Schema.optionalKey(Schema.NullOr(Schema.String.check(Schema.isMaxCodePoints(1_000), storable)))

/** The body of a request that needs none: an object with a reason, or nothing at all. */
export const ReasonOnly = [Schema.Struct({ reason: Reason }), Schema.Null] as const

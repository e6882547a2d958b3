import { Schema, SchemaTransformation } from "effect"

/** Text as the database can keep it: well-formed, and without NUL. */
export const storable = Schema.makeFilter<string>(
  (text) => text.includes("\0") ? "Holds a NUL character" : text.isWellFormed() || "Holds half of a surrogate pair",
  { toJsonSchema: () => ({ pattern: "^[^\\u0000]*$" }) }
)

/** Text of 1 to `most` characters (code points, as the database and JSON Schema count them) that can be stored. */
export const text = (most: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxCodePoints(most), storable)

/**
 * A whole number in a path or a query: digits, perhaps a sign. The document says that it is an integer and gives its
 * bounds (`withTypedParameters`), which the codec of a number does not.
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

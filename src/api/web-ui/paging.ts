import { Schema } from "effect"
import { mostInteger, text, whole } from "../shared/fields.ts"

/** Pages go on with `next_cursor`; it is absent on the last one. Counting all rows would read all of them, so there is no total. */
export const Pagination = Schema.Struct({
  limit: Schema.Int,
  page: Schema.Int,
  has_more: Schema.Boolean,
  next_cursor: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Pagination" })

/** Rows of one page: 1 to 200, beyond that the nearest; 50 when absent. */
export const limit = whole(-mostInteger, mostInteger)

/** `next_cursor` of the page before. */
export const cursor = Schema.optionalKey(text(512))

/** The same, of a list whose cursors have this form. */
export const cursorLike = (form: RegExp) =>
  Schema.optionalKey(Schema.String.check(Schema.isPattern(form, { message: "The cursor cannot be read." })))

/** What every list of pages takes. */
export const paging = {
  /** 1 to 200; beyond that the nearest. 50 when absent. */
  limit: Schema.optionalKey(limit),
  cursor,
  /** Up to 100, for clients of MUTT 2; each page before it is read too, so prefer `cursor`. */
  page: Schema.optionalKey(whole(-mostInteger, 100))
}

/** Of a list that is given whole, unless it has more bytes than an answer may: then it goes on with `next_cursor`. */
export const More = Schema.optionalKey(Schema.Struct({ has_more: Schema.Boolean, next_cursor: Schema.String }))

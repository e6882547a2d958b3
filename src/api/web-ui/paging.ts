import { Schema } from "effect"
import { mostInteger, text, whole } from "../shared/fields.ts"

/** `next_cursor` is absent on the last page. There is no total, as counting reads every row. */
export const Pagination = Schema.Struct({
  limit: Schema.Int,
  page: Schema.Int,
  has_more: Schema.Boolean,
  next_cursor: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Pagination" })

/** Rows of one page: clamped to 1–200. */
export const limit = whole(-mostInteger, mostInteger)

/** `next_cursor` of the page before. */
export const cursor = Schema.optionalKey(text(512))

/** The same, for cursors of this form. */
export const cursorLike = (form: RegExp) =>
  Schema.optionalKey(Schema.String.check(Schema.isPattern(form, { message: "The cursor cannot be read." })))

/** The query of every paged list. */
export const paging = {
  /** 1 to 200; beyond that the nearest. 50 when absent. */
  limit: Schema.optionalKey(limit),
  cursor,
  /** Up to 100, for clients of MUTT 2; each page before it is read too, so prefer `cursor`. */
  page: Schema.optionalKey(whole(-mostInteger, 100))
}

/** Continues a list that is larger than an answer may be; absent when the list is whole. */
export const More = Schema.optionalKey(Schema.Struct({ has_more: Schema.Boolean, next_cursor: Schema.String }))

import { Schema } from "effect"
import type { HttpApiError } from "effect/http-api"

const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  422: "Unprocessable Content",
  428: "Precondition Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable"
} as const

/**
 * Declares an error that the API answers as problem details (RFC 9457); stores fail with the same class.
 *
 * Programs act on `_tag`, which is stable; people read `detail`. `correlation_id` is filled in on the way out.
 */
export const problem = <
  const Tag extends string,
  const Status extends keyof typeof titles,
  const Fields extends HttpApiError.ProblemExtensionFields
>(tag: Tag, status: Status, fields: Fields) =>
  [tag, { type: "about:blank", status, title: titles[status] }, {
    _tag: Schema.tag(tag),
    correlation_id: Schema.optionalKey(Schema.String),
    ...fields
  }] as const

import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { ChangeOutcome } from "../../domain/ChangeOutcome.ts"

/**
 * Every error any program answers, as RFC 9457 problem details. `_tag` is stable and made for programs to act on;
 * `detail` is for people. `correlation_id` is filled in on the way out.
 */
const members = <Tag extends string>(tag: Tag) => ({
  _tag: Schema.tag(tag),
  correlation_id: Schema.optionalKey(Schema.String)
})

const is = <Status extends number>(status: Status, title: string) => ({ type: "about:blank" as const, status, title })

export class Unreadable extends HttpApiError.Problem<Unreadable>()(
  "Unreadable",
  is(400, "Bad Request"),
  members("Unreadable")
) {}

export class KeyRefused extends HttpApiError.Problem<KeyRefused>()(
  "KeyRefused",
  is(401, "Unauthorized"),
  members("KeyRefused")
) {}

/** No good key, from an address that sent too many such requests. `Retry-After` says when its next one is a `KeyRefused` again. */
export class TooManyFailures extends HttpApiError.Problem<TooManyFailures>()(
  "TooManyFailures",
  is(429, "Too Many Requests"),
  members("TooManyFailures")
) {}

export class RoleRefused extends HttpApiError.Problem<RoleRefused>()(
  "RoleRefused",
  is(403, "Forbidden"),
  members("RoleRefused")
) {}

/** No such path. */
export class PathUnknown extends HttpApiError.Problem<PathUnknown>()(
  "PathUnknown",
  is(404, "Not Found"),
  members("PathUnknown")
) {}

/** The path exists, for other methods: they are in `Allow` and in `allowed`. */
export class MethodRefused extends HttpApiError.Problem<MethodRefused>()(
  "MethodRefused",
  is(405, "Method Not Allowed"),
  { ...members("MethodRefused"), allowed: Schema.Array(Schema.String) }
) {}

export class BodyTooLarge extends HttpApiError.Problem<BodyTooLarge>()(
  "BodyTooLarge",
  is(413, "Content Too Large"),
  members("BodyTooLarge")
) {}

/** One thing wrong with one field of a request. `field` is the path, with dots. */
export const FieldError = Schema.Struct({ field: Schema.String, message: Schema.String })
export type FieldError = typeof FieldError.Type

/** The request can be read, and says something that cannot be. */
export class Invalid extends HttpApiError.Problem<Invalid>()(
  "Invalid",
  is(422, "Unprocessable Content"),
  { ...members("Invalid"), errors: Schema.Array(FieldError) }
) {}

/** Something nobody foresaw. The log has it under the same correlation id. */
export class Broken extends HttpApiError.Problem<Broken>()(
  "Broken",
  is(500, "Internal Server Error"),
  members("Broken")
) {}

/** What this stands on does not answer. `outcome` says whether a change was made; `detail`, what to do. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  is(503, "Service Unavailable"),
  { ...members("Unavailable"), outcome: Schema.optionalKey(ChangeOutcome) }
) {}

import { Context, Schema } from "effect"
import { HttpApiError, HttpApiMiddleware } from "effect/http-api"
import type { CurrentCaller } from "./Access.ts"
import { Invalid, Unavailable } from "./Problems.ts"

const members = <Tag extends string>(tag: Tag) => ({
  _tag: Schema.tag(tag),
  correlation_id: Schema.optionalKey(Schema.String)
})

/** The same `Idempotency-Key` came with another request. */
export class IdempotencyConflict extends HttpApiError.Problem<IdempotencyConflict>()(
  "IdempotencyConflict",
  { type: "about:blank", status: 422, title: "Unprocessable Content" },
  members("IdempotencyConflict")
) {}

/** The first request with this `Idempotency-Key` is still under way; `Retry-After` says when to ask again. */
export class RequestUnderWay extends HttpApiError.Problem<RequestUnderWay>()(
  "RequestUnderWay",
  { type: "about:blank", status: 409, title: "Conflict" },
  members("RequestUnderWay")
) {}

/** Makes a write that is sent twice with one `Idempotency-Key` once, and answers it alike. Goes beneath the roles. */
export class Idempotent extends HttpApiMiddleware.Service<Idempotent, { requires: CurrentCaller }>()(
  "mutt/api/shared/Idempotent",
  { error: [IdempotencyConflict, RequestUnderWay, Invalid, Unavailable], requiredForClient: true }
) {}

/** Marks writes that are no single transaction: they change Redis, a server or the secret store. */
export const InSteps = Context.Reference<boolean>("mutt/api/shared/InSteps", { defaultValue: () => false })

export const keyHeader = "idempotency-key"
export const keyForm = /^[ -~]{1,128}$/

/** The header in OpenAPI documents. */
export const keyParameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Sent twice with the same key, the change is made once, and answered alike for a day.",
  schema: { type: "string", minLength: 1, maxLength: 128, pattern: "^[ -~]{1,128}$" }
} as const

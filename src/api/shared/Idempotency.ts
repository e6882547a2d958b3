import { Context } from "effect"
import { HttpApiError, HttpApiMiddleware } from "effect/http-api"
import { problem } from "../../domain/Problem.ts"
import type { CurrentCaller } from "./Access.ts"
import { Invalid, Unavailable } from "./Problems.ts"

/** The same `Idempotency-Key` came with another request. */
export class IdempotencyConflict
  extends HttpApiError.Problem<IdempotencyConflict>()(...problem("IdempotencyConflict", 422, {}))
{}

/** The first request with this `Idempotency-Key` is still under way; `Retry-After` says when to ask again. */
export class RequestUnderWay extends HttpApiError.Problem<RequestUnderWay>()(...problem("RequestUnderWay", 409, {})) {}

/** Makes a change once, however often it is sent with one `Idempotency-Key`. Every write has it, beneath the roles. */
export class Idempotent extends HttpApiMiddleware.Service<Idempotent, { requires: CurrentCaller }>()(
  "mutt/api/shared/Idempotent",
  { error: [IdempotencyConflict, RequestUnderWay, Invalid, Unavailable], requiredForClient: true }
) {}

/** Marks writes that are no single transaction, as they change Redis, a server or the secret store. */
export const InSteps = Context.Reference<boolean>("mutt/api/shared/InSteps", { defaultValue: () => false })

export const keyHeader = "idempotency-key"
export const keyForm = /^[ -~]{1,128}$/

/** Describes the header in the OpenAPI document. */
export const keyParameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Sent twice with the same key, the change is made once, and answered alike for a day.",
  schema: { type: "string", minLength: 1, maxLength: 128, pattern: "^[ -~]{1,128}$" }
} as const

import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { ChangeOutcome } from "../../domain/Change.ts"
import { problem } from "../../domain/Problem.ts"

export class Unreadable extends HttpApiError.Problem<Unreadable>()(...problem("Unreadable", 400, {})) {}

export class KeyRefused extends HttpApiError.Problem<KeyRefused>()(...problem("KeyRefused", 401, {})) {}

/** An address sent too many requests without a good key. `Retry-After` says when the next is a `KeyRefused` again. */
export class TooManyFailures extends HttpApiError.Problem<TooManyFailures>()(...problem("TooManyFailures", 429, {})) {}

export class RoleRefused extends HttpApiError.Problem<RoleRefused>()(...problem("RoleRefused", 403, {})) {}

/** Changes that need an admin want the key of the login again: `POST /session/step-up`. Reading goes on. */
export class StepUpNeeded extends HttpApiError.Problem<StepUpNeeded>()(...problem("StepUpNeeded", 403, {})) {}

/** No such path. */
export class PathUnknown extends HttpApiError.Problem<PathUnknown>()(...problem("PathUnknown", 404, {})) {}

/** The path exists, for other methods: they are in `Allow` and in `allowed`. */
export class MethodRefused extends HttpApiError.Problem<MethodRefused>()(
  ...problem("MethodRefused", 405, { allowed: Schema.Array(Schema.String) })
) {}

export class BodyTooLarge extends HttpApiError.Problem<BodyTooLarge>()(...problem("BodyTooLarge", 413, {})) {}

/** One thing wrong with one field of a request. `field` is the path, with dots. */
export const FieldError = Schema.Struct({ field: Schema.String, message: Schema.String })
export type FieldError = typeof FieldError.Type

/** The request can be read, and says something that cannot be. */
export class Invalid
  extends HttpApiError.Problem<Invalid>()(...problem("Invalid", 422, { errors: Schema.Array(FieldError) }))
{}

/** Something nobody foresaw. The log has it under the same correlation id. */
export class Broken extends HttpApiError.Problem<Broken>()(...problem("Broken", 500, {})) {}

/** What this stands on does not answer. `outcome` says whether a change was made; `detail`, what to do. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  ...problem("Unavailable", 503, { outcome: Schema.optionalKey(ChangeOutcome) })
) {}

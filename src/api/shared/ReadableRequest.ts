import { HttpApiMiddleware } from "effect/http-api"
import { Invalid, PathUnknown, Unreadable } from "./Problems.ts"

/** Refuses requests that do not fit their schema: 400 when the body is no JSON, 404 for the path, else 422. */
export class ReadableRequest extends HttpApiMiddleware.Service<ReadableRequest>()("mutt/api/shared/ReadableRequest", {
  error: [Unreadable, PathUnknown, Invalid]
}) {}

/** A parameter that every path takes: the version of the API that the caller speaks. */
export const versionParameter = "api_version"

/** Refuses names in the query that the endpoint does not declare. Goes beneath `Authenticated`. */
export class KnownQuery extends HttpApiMiddleware.Service<KnownQuery>()("mutt/api/shared/KnownQuery", {
  error: Invalid
}) {}

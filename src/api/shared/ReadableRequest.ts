import { HttpApiMiddleware } from "effect/http-api"
import { Invalid, PathUnknown, Unreadable } from "./Problems.ts"

/** Requests that do not fit their declaration: 400 when the body is no JSON, 404 for the path, 422 with the fields for all else. */
export class ReadableRequest extends HttpApiMiddleware.Service<ReadableRequest>()("mutt/api/shared/ReadableRequest", {
  error: [Unreadable, PathUnknown, Invalid]
}) {}

/** Taken in the query of every path: which version of the API the caller speaks. */
export const versionParameter = "api_version"

/** Refuses names in the query that the endpoint does not declare. Goes beneath `Authenticated`. */
export class KnownQuery extends HttpApiMiddleware.Service<KnownQuery>()("mutt/api/shared/KnownQuery", {
  error: Invalid
}) {}

import { HttpApiMiddleware } from "effect/http-api"
import { Invalid, PathUnknown, Unreadable } from "./Problems.ts"

/** Refuses requests that break their schema: 400 when the body is no JSON, 404 for the path, else 422 with the fields. */
export class ReadableRequest extends HttpApiMiddleware.Service<ReadableRequest>()("mutt/api/shared/ReadableRequest", {
  error: [Unreadable, PathUnknown, Invalid]
}) {}

/** The query parameter of every path that names the version of the API. */
export const versionParameter = "api_version"

/** Refuses names in the query that the endpoint does not declare. Goes beneath `Authenticated`. */
export class KnownQuery extends HttpApiMiddleware.Service<KnownQuery>()("mutt/api/shared/KnownQuery", {
  error: Invalid
}) {}

import { HttpApiMiddleware } from "effect/http-api"
import { Invalid, PathUnknown, Unreadable } from "./Problems.ts"

/** Requests that do not fit their declaration: 400 when the body is no JSON, 404 for the path, 422 with the fields for all else. */
export class ReadableRequest extends HttpApiMiddleware.Service<ReadableRequest>()("mutt/api/shared/ReadableRequest", {
  error: [Unreadable, PathUnknown, Invalid]
}) {}

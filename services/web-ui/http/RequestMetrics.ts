import { Effect } from "effect"
import { HttpRouter } from "effect/http"
import { apiCounted, apiTimed } from "../metrics.ts"

/** Counts and times API requests, by the first word of the path after the version. */
export const RequestMetrics = HttpRouter.middleware((handler) =>
  Effect.gen(function*() {
    const { route } = yield* HttpRouter.RouteContext
    const endpoint = route.path.split("/")[3] ?? "other"
    const response = yield* apiTimed(endpoint)(handler)
    yield* apiCounted(endpoint, response.status < 400 ? "success" : response.status < 500 ? "client_error" : "error")
    return response
  })
)

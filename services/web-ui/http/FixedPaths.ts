import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { methodRefused } from "../../../layers/http/problem.ts"
import { ambiguousPaths } from "../../../src/api/web-ui/Api.ts"

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const

/** Answers 405 on fixed paths that the router would take for a parameter of another path. */
export const FixedPaths = HttpRouter.use(Effect.fnUntraced(function*(router) {
  for (const [path, answered] of ambiguousPaths) {
    const allowed = [...(answered.includes("GET") ? ["HEAD"] : []), ...answered, "OPTIONS"]
    const options = HttpServerResponse.empty({ status: 204, headers: { allow: allowed.join(", ") } })
    yield* router.add("OPTIONS", path as `/${string}`, Effect.succeed(options))
    for (const method of methods.filter((one) => !answered.includes(one))) {
      yield* router.add(method, path as `/${string}`, Effect.succeed(methodRefused(allowed)))
    }
  }
}))

import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import type { Caller } from "../../domain/Role.ts"
import { KeyRefused, RoleRefused, StepUpNeeded, TooManyFailures } from "./Problems.ts"

/** The caller of this request. */
export class CurrentCaller extends Context.Service<CurrentCaller, Caller>()("mutt/api/shared/CurrentCaller") {}

/** Requires a known API key. The typed client adds its own. */
export class Authenticated extends HttpApiMiddleware.Service<Authenticated, { provides: CurrentCaller }>()(
  "mutt/api/shared/Authenticated",
  {
    security: {
      apiKey: HttpApiSecurity.apiKey({ in: "header", key: "X-API-KEY" }),
      bearer: HttpApiSecurity.bearer
    },
    error: [KeyRefused, TooManyFailures],
    requiredForClient: true
  }
) {}

/** Goes beneath `Authenticated`. */
export class ViewerOnly extends HttpApiMiddleware.Service<ViewerOnly, { requires: CurrentCaller }>()(
  "mutt/api/shared/ViewerOnly",
  { error: RoleRefused }
) {}

/** Goes beneath `Authenticated`. */
export class OperatorOnly extends HttpApiMiddleware.Service<OperatorOnly, { requires: CurrentCaller }>()(
  "mutt/api/shared/OperatorOnly",
  { error: RoleRefused }
) {}

/** Goes beneath `Authenticated`. */
export class AdminOnly extends HttpApiMiddleware.Service<AdminOnly, { requires: CurrentCaller }>()(
  "mutt/api/shared/AdminOnly",
  { error: [RoleRefused, StepUpNeeded] }
) {}

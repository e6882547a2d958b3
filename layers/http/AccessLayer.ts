import { Effect, Layer } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { AdminOnly, Authenticated, CurrentCaller, OperatorOnly, ViewerOnly } from "../../src/api/shared/Access.ts"
import { KeyRefused, RoleRefused } from "../../src/api/shared/Problems.ts"
import type { Role } from "../../src/domain/Role.ts"
import { accessProblem, roleRefusedDetail } from "./accessProblems.ts"
import { Authentication } from "./Authentication.ts"

const refused = new KeyRefused({ detail: "Send a valid key as X-API-KEY or as Authorization: Bearer." })

const AuthenticatedLayer = Layer.effect(
  Authenticated,
  Effect.map(Authentication, (authentication) =>
    Authenticated.of({
      // The schemes are asked in this order. The first one looks at both headers, so that a failure is one failure.
      apiKey: (handler) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
          Effect.matchEffect(authentication.identify(request), {
            onSuccess: (caller) =>
              Effect.provideService(handler, CurrentCaller, caller),
            onFailure: (error) =>
              // Answered, and not failed with: a failure would ask the next scheme.
              error._tag === "KeyRefused" && error.detail === undefined
                ? Effect.fail(refused)
                : Effect.succeed(accessProblem(error))
          })),
      bearer: () =>
        Effect.fail(refused)
    }))
)

/** Middleware that refuses callers without the role. */
const needs = (role: Role) =>
  Effect.map(
    Authentication,
    (authentication) => <E, R>(handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
      Effect.matchEffect(Effect.flatMap(CurrentCaller, (caller) => authentication.permit(caller, role)), {
        onSuccess: () => handler,
        onFailure: (error) =>
          error._tag === "StepUpNeeded"
            ? Effect.succeed(accessProblem(error))
            : Effect.fail(new RoleRefused({ detail: roleRefusedDetail(error) }))
      })
  )

/** Authenticates and authorises requests of the declared APIs by `Authentication`. */
export const AccessLayer = Layer.mergeAll(
  AuthenticatedLayer,
  Layer.effect(ViewerOnly, needs("viewer")),
  Layer.effect(OperatorOnly, needs("operator")),
  Layer.effect(AdminOnly, needs("admin"))
)

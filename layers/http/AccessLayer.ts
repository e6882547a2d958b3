import { Effect, Layer, Metric, Redacted } from "effect"
import { AdminOnly, Authenticated, CurrentCaller, OperatorOnly, ViewerOnly } from "../../src/api/shared/Access.ts"
import { KeyRefused, RoleRefused } from "../../src/api/shared/Problems.ts"
import { permits, type Role } from "../../src/domain/Role.ts"
import { Authentication } from "./Authentication.ts"
import { authFailuresTotal } from "./metrics.ts"

const roleFailures = Metric.withAttributes(authFailuresTotal, { reason: "role" })

const refused = new KeyRefused({ detail: "Send a valid key as X-API-KEY or as Authorization: Bearer." })

const AuthenticatedLayer = Layer.effect(
  Authenticated,
  Effect.map(Authentication, (authentication) => {
    const identified = (headers: Readonly<Record<string, string | undefined>>) =>
      Effect.suspend(() => {
        const caller = authentication.identify(headers)
        return caller === undefined ? Effect.fail(refused) : Effect.succeed(caller)
      })
    return Authenticated.of({
      // The schemes are asked in this order; a request without the first one is not a failure yet.
      apiKey: (handler, { credential }) => {
        const key = Redacted.value(credential)
        return key === ""
          ? Effect.fail(refused)
          : Effect.flatMap(
            identified({ "x-api-key": key }),
            (caller) => Effect.provideService(handler, CurrentCaller, caller)
          )
      },
      bearer: (handler, { credential }) =>
        Effect.flatMap(
          identified({ authorization: `Bearer ${Redacted.value(credential)}` }),
          (caller) => Effect.provideService(handler, CurrentCaller, caller)
        )
    })
  })
)

const needs = (role: Role) =>
  Effect.flatMap(CurrentCaller, (caller) =>
    permits(caller.role, role)
      ? Effect.void
      : Effect.andThen(
        Metric.update(roleFailures, 1),
        Effect.fail(new RoleRefused({ detail: `The key ${caller.name} may not do this: it needs the role ${role}.` }))
      ))

/** Puts the keys and roles of `Authentication` behind the declared APIs. */
export const AccessLayer = Layer.mergeAll(
  AuthenticatedLayer,
  Layer.succeed(ViewerOnly, (handler) => Effect.andThen(needs("viewer"), handler)),
  Layer.succeed(OperatorOnly, (handler) => Effect.andThen(needs("operator"), handler)),
  Layer.succeed(AdminOnly, (handler) => Effect.andThen(needs("admin"), handler))
)

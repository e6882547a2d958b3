import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { RotationStatus, RotationStepped } from "../../domain/Rotation.ts"
import {
  RotationBlocked,
  RotationConfused,
  RotationTaken,
  RotationWrongState,
  SecretStoreReadOnly,
  SecretUnknown
} from "../../domain/RotationError.ts"
import { AdminOnly, Authenticated, ViewerOnly } from "../shared/Access.ts"
import { text } from "../shared/fields.ts"
import { Idempotent, InSteps } from "../shared/Idempotency.ts"
import { Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"

/** A step cannot be forced without saying why. */
export class ReasonMissing extends HttpApiError.Problem<ReasonMissing>()(
  "ReasonMissing",
  { type: "about:blank", status: 422, title: "Unprocessable Content" },
  { _tag: Schema.tag("ReasonMissing"), correlation_id: Schema.optionalKey(Schema.String) }
) {}

const params = { secret: text(100) }
const reason = text(1_000)

const unseen = [SecretUnknown, SecretStoreReadOnly, RotationConfused, Unavailable] as const
const refused = [
  RotationTaken,
  RotationWrongState,
  RotationConfused,
  RotationBlocked,
  SecretUnknown,
  SecretStoreReadOnly,
  ReasonMissing,
  Unavailable
] as const

const Command = Schema.Struct({
  reason: Schema.optionalKey(reason),
  /** Do it in spite of what blocks it; needs a reason. */
  force: Schema.optionalKey(Schema.Boolean),
  /** How long to wait for what blocks to go away, in milliseconds; 10,000 when absent. */
  wait: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60_000 })))
})

const post = <Name extends string, Path extends `/rotation/:secret/${Name}`>(name: Name, path: Path, summary: string) =>
  HttpApiEndpoint.post(name, path, {
    params,
    payload: Command,
    success: RotationStepped,
    error: refused
  }).middleware(Idempotent).middleware(AdminOnly).annotate(OpenApi.Summary, summary)

/** Passwords and keys that change while everything runs. */
export class RotationGroup extends HttpApiGroup.make("rotation")
  .add(
    HttpApiEndpoint.get("list", "/rotation", {
      success: Schema.Struct({ secrets: Schema.Array(RotationStatus) }),
      error: unseen
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Every secret that can be rotated"),
    HttpApiEndpoint.get("status", "/rotation/:secret", {
      params,
      success: RotationStatus,
      error: unseen
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "Where the rotation of one secret stands, who holds what, and what blocks the next step"
    ),
    HttpApiEndpoint.post("start", "/rotation/:secret/start", {
      params,
      payload: Schema.Struct({
        reason: Schema.optionalKey(reason),
        /** Go on to the end by itself; the status shows how far it is. */
        auto: Schema.optionalKey(Schema.Boolean)
      }),
      success: RotationStepped,
      error: refused
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "Open a rotation: put a new value beside the one in use"
    ),
    post("apply", "/rotation/:secret/apply", "Let the server take the new password"),
    post("verify", "/rotation/:secret/verify", "Let every process log in with the new password"),
    post("promote", "/rotation/:secret/promote", "Make the new value the one in use"),
    post("drain", "/rotation/:secret/drain", "See that nobody uses the old password any more"),
    post("retire", "/rotation/:secret/retire", "Take the old value away; there is no way back from here"),
    post("rollback", "/rotation/:secret/rollback", "Turn back, and go on by itself until all is as it was"),
    post("resume", "/rotation/:secret/resume", "Go on by itself from wherever it stands")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotate(InSteps, true)
  .annotateMerge(OpenApi.annotations({ title: "Rotation" }))
{}

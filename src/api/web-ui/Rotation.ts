import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { Blocker, Direction, RotationOutcome, RotationState, RotationStep, SecretKind } from "../../domain/Rotation.ts"
import { Program } from "../../domain/Settings.ts"
import { AdminOnly, Authenticated, ViewerOnly } from "../shared/Access.ts"
import { text } from "../shared/fields.ts"
import { Idempotent, InSteps } from "../shared/Idempotency.ts"
import { Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"

const members = <Tag extends string>(tag: Tag) => ({
  _tag: Schema.tag(tag),
  correlation_id: Schema.optionalKey(Schema.String)
})

/** A rotation of this secret is open already, or somebody is at work on it at this moment. */
export class RotationTaken extends HttpApiError.Problem<RotationTaken>()(
  "RotationTaken",
  { type: "about:blank", status: 409, title: "Conflict" },
  members("RotationTaken")
) {}

/** Not this step now; `expected` names those that may be done. */
export class RotationWrongState extends HttpApiError.Problem<RotationWrongState>()(
  "RotationWrongState",
  { type: "about:blank", status: 409, title: "Conflict" },
  { ...members("RotationWrongState"), state: Schema.String, expected: Schema.Array(Schema.String) }
) {}

/** The secret store holds what no step leaves behind: somebody changed it by hand. */
export class RotationConfused extends HttpApiError.Problem<RotationConfused>()(
  "RotationConfused",
  { type: "about:blank", status: 409, title: "Conflict" },
  members("RotationConfused")
) {}

/** What the step needs does not hold. Nothing was done. */
export class RotationBlocked extends HttpApiError.Problem<RotationBlocked>()(
  "RotationBlocked",
  { type: "about:blank", status: 412, title: "Precondition Failed" },
  { ...members("RotationBlocked"), step: RotationStep, blocks: Schema.Array(Blocker) }
) {}

/** No secret of this name can be rotated; `nearest` is the one most like it. */
export class SecretUnknown extends HttpApiError.Problem<SecretUnknown>()(
  "SecretUnknown",
  { type: "about:blank", status: 422, title: "Unprocessable Content" },
  { ...members("SecretUnknown"), nearest: Schema.String }
) {}

/** MUTT may not write the secret store; `detail` says what to do. */
export class SecretStoreReadOnly extends HttpApiError.Problem<SecretStoreReadOnly>()(
  "SecretStoreReadOnly",
  { type: "about:blank", status: 422, title: "Unprocessable Content" },
  members("SecretStoreReadOnly")
) {}

/** A step cannot be forced without saying why. */
export class ReasonMissing extends HttpApiError.Problem<ReasonMissing>()(
  "ReasonMissing",
  { type: "about:blank", status: 422, title: "Unprocessable Content" },
  members("ReasonMissing")
) {}

const Instance = Schema.Struct({
  program: Program,
  instance: Schema.String,
  /** Since it last reported. More than 5 seconds blocks. */
  seen_ms: Schema.Finite,
  /** It cannot read its store and goes on with what it read before. */
  stale: Schema.Boolean,
  generation: Schema.NullOr(Schema.Int),
  /** Slot → fingerprint of what it holds. */
  slots: Schema.Record(Schema.String, Schema.String),
  /** Generation → open connections, as it says itself; `null`: it opens none with this secret. */
  connections: Schema.NullOr(Schema.Record(Schema.String, Schema.Int)),
  /** Generation → open connections, as the server lists them. */
  sessions: Schema.Record(Schema.String, Schema.Int),
  /** How the newest login with NEXT went that was asked for. */
  proof: Schema.NullOr(Schema.Struct({ ok: Schema.Boolean, detail: Schema.String }))
}).annotate({ identifier: "RotationInstance" })

const Entry = Schema.Struct({
  seq: Schema.Int,
  step: RotationStep,
  phase: Schema.Literals(["intent", "done", "failed"]),
  state: RotationState,
  by: Schema.String,
  at: Schema.String,
  reason: Schema.NullOr(Schema.String),
  /** What was blocking and was passed by force. */
  forced: Schema.NullOr(Schema.Array(Blocker)),
  detail: Schema.String
}).annotate({ identifier: "RotationEntry" })

/** One secret: where its rotation stands, who holds which value, and what keeps the next step from being done. */
export const RotationStatus = Schema.Struct({
  secret: Schema.String,
  kind: SecretKind,
  state: RotationState,
  direction: Direction,
  /** Of the newest rotation; `null` when there was none. */
  id: Schema.NullOr(Schema.Int),
  opened_by: Schema.NullOr(Schema.String),
  opened_at: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  /** Since when it is in this state. */
  since: Schema.NullOr(Schema.String),
  closed_at: Schema.NullOr(Schema.String),
  outcome: Schema.NullOr(RotationOutcome),
  /** Begun and not known to be done. */
  pending: Schema.NullOr(RotationStep),
  /** `null` when no rotation is open. */
  next_step: Schema.NullOr(RotationStep),
  blocks: Schema.Array(Blocker),
  /** The web-ui process that goes on with it by itself. */
  driver: Schema.NullOr(Schema.Struct({ instance: Schema.String, seen_ms: Schema.Finite })),
  /** Why it went no further by itself. */
  stopped: Schema.NullOr(Schema.String),
  /** Slot → fingerprint, as the store has it. */
  slots: Schema.Record(Schema.String, Schema.String),
  instances: Schema.Array(Instance),
  steps: Schema.Array(Entry),
  /** What could not be asked just now. */
  missing: Schema.Array(Schema.String)
}).annotate({ identifier: "RotationStatus" })
export type RotationStatus = typeof RotationStatus.Type

export const RotationStepped = Schema.Struct({
  ...RotationStatus.fields,
  /** What was blocking and was passed by force. */
  passed: Schema.Array(Blocker),
  /** What may break because of that. */
  may_break: Schema.Array(Schema.String)
}).annotate({ identifier: "RotationStepped" })
export type RotationStepped = typeof RotationStepped.Type

const params = { secret: text(100) }
const reason = text(1_000)

const command = {
  params,
  payload: Schema.Struct({
    reason: Schema.optionalKey(reason),
    /** Do it in spite of what blocks it; needs a reason. */
    force: Schema.optionalKey(Schema.Boolean),
    /** How long to wait for what blocks to go away, in milliseconds; 10,000 when absent. */
    wait: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60_000 })))
  }),
  success: RotationStepped,
  error: [
    RotationTaken,
    RotationWrongState,
    RotationConfused,
    RotationBlocked,
    SecretUnknown,
    SecretStoreReadOnly,
    ReasonMissing,
    Unavailable
  ] as const
}

/** Passwords and keys that change while everything runs. */
export class RotationGroup extends HttpApiGroup.make("rotation")
  .add(
    HttpApiEndpoint.get("list", "/rotation", {
      success: Schema.Struct({ secrets: Schema.Array(RotationStatus) }),
      error: [SecretUnknown, SecretStoreReadOnly, RotationConfused, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Every secret that can be rotated"),
    HttpApiEndpoint.get("status", "/rotation/:secret", {
      params,
      success: RotationStatus,
      error: [SecretUnknown, SecretStoreReadOnly, RotationConfused, Unavailable]
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
      error: command.error
    }).middleware(Idempotent).middleware(AdminOnly).annotate(
      OpenApi.Summary,
      "Open a rotation: put a new value beside the one in use"
    ),
    HttpApiEndpoint.post("apply", "/rotation/:secret/apply", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(OpenApi.Summary, "Let the server take the new password"),
    HttpApiEndpoint.post("verify", "/rotation/:secret/verify", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(
        OpenApi.Summary,
        "Let every process log in with the new password"
      ),
    HttpApiEndpoint.post("promote", "/rotation/:secret/promote", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(OpenApi.Summary, "Make the new value the one in use"),
    HttpApiEndpoint.post("drain", "/rotation/:secret/drain", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(
        OpenApi.Summary,
        "See that nobody uses the old password any more"
      ),
    HttpApiEndpoint.post("retire", "/rotation/:secret/retire", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(
        OpenApi.Summary,
        "Take the old value away; there is no way back from here"
      ),
    HttpApiEndpoint.post("rollback", "/rotation/:secret/rollback", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(
        OpenApi.Summary,
        "Turn back, and go on by itself until all is as it was"
      ),
    HttpApiEndpoint.post("resume", "/rotation/:secret/resume", command)
      .middleware(Idempotent).middleware(AdminOnly).annotate(OpenApi.Summary, "Go on by itself from wherever it stands")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotate(InSteps, true)
  .annotateMerge(OpenApi.annotations({ title: "Rotation" }))
{}

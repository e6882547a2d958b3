import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { Blocker, RotationStep } from "./Rotation.ts"

/**
 * Why a rotation was refused, one class for each reason. Journal, controller and API fail with the same classes: they
 * bear the status and the members of the answer, so nobody translates them.
 */
export type RotationError =
  | RotationUnseen
  | RotationTaken
  | RotationWrongState
  | RotationBlocked

/** The reasons why not even the status can be read. */
export type RotationUnseen = RotationUnavailable | SecretUnknown | RotationConfused | SecretStoreReadOnly

const members = <Tag extends string>(tag: Tag) => ({
  _tag: Schema.tag(tag),
  correlation_id: Schema.optionalKey(Schema.String)
})
const conflict = { type: "about:blank", status: 409, title: "Conflict" } as const
const unprocessable = { type: "about:blank", status: 422, title: "Unprocessable Content" } as const

/** Something a rotation needs does not answer. What was begun stays begun, and the next call takes it up. */
export class RotationUnavailable extends Schema.TaggedError<RotationUnavailable>()("RotationUnavailable", {
  needs: Schema.Literals(["journal", "secret store", "server", "list of processes"]),
  detail: Schema.String
}) {}

/** The journal's refusal of a second rotation; the controller answers it as `RotationTaken`. */
export class RotationIsOpen extends Schema.TaggedError<RotationIsOpen>()("RotationIsOpen", { secret: Schema.String }) {}

/** A rotation of this secret is open already, or somebody is at work on it at this moment. */
export class RotationTaken
  extends HttpApiError.Problem<RotationTaken>()("RotationTaken", conflict, members("RotationTaken"))
{}

/** Not this step now; `expected` names those that may be done. */
export class RotationWrongState extends HttpApiError.Problem<RotationWrongState>()(
  "RotationWrongState",
  conflict,
  { ...members("RotationWrongState"), state: Schema.String, expected: Schema.Array(Schema.String) }
) {}

/** The secret store holds what no step leaves behind: somebody changed it by hand. */
export class RotationConfused
  extends HttpApiError.Problem<RotationConfused>()("RotationConfused", conflict, members("RotationConfused"))
{}

/** What the step needs does not hold. Nothing was done. */
export class RotationBlocked extends HttpApiError.Problem<RotationBlocked>()(
  "RotationBlocked",
  { type: "about:blank", status: 412, title: "Precondition Failed" },
  { ...members("RotationBlocked"), step: RotationStep, blocks: Schema.Array(Blocker) }
) {}

/** No secret of this name can be rotated; `nearest` is the one most like it. */
export class SecretUnknown extends HttpApiError.Problem<SecretUnknown>()(
  "SecretUnknown",
  unprocessable,
  { ...members("SecretUnknown"), nearest: Schema.String }
) {}

/** MUTT may not write the secret store; `detail` says what to do. */
export class SecretStoreReadOnly extends HttpApiError.Problem<SecretStoreReadOnly>()(
  "SecretStoreReadOnly",
  unprocessable,
  members("SecretStoreReadOnly")
) {}

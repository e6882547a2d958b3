import { Context, type Effect } from "effect"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { RotationStatus, RotationStep, RotationStepped } from "../../../src/domain/Rotation.ts"
import type { RotationError, RotationUnseen } from "../../../src/domain/RotationError.ts"

export interface StepOptions {
  readonly force: boolean
  /** How long to wait for what blocks to go away. */
  readonly waitMs: number
}

type Stepped = Effect.Effect<RotationStepped, RotationError>

/**
 * Rotates secrets while programs use them. Every step is journalled before it is done and after, and any process can
 * take it up when the one that began it died. What goes on by itself does so in this process, which says so in the
 * journal.
 */
export class RotationController extends Context.Service<RotationController, {
  /** The secrets that can be rotated. */
  readonly list: Effect.Effect<ReadonlyArray<RotationStatus>, RotationUnseen>
  readonly status: (secret: string) => Effect.Effect<RotationStatus, RotationUnseen>
  /** Opens a rotation and stages it; with `auto` it goes on by itself. */
  readonly start: (secret: string, author: ChangeAuthor, options: { readonly auto: boolean }) => Stepped
  readonly step: (secret: string, step: RotationStep, author: ChangeAuthor, options: StepOptions) => Stepped
  /** Turns back, and goes on by itself until everything is as it was. */
  readonly rollback: (secret: string, author: ChangeAuthor, options: StepOptions) => Stepped
  /** Goes on by itself from wherever it stands. */
  readonly resume: (secret: string, author: ChangeAuthor) => Stepped
}>()("mutt/services/web-ui/rotation/RotationController") {}

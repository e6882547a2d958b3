import { Context, Effect, Schema } from "effect"

/** The signing key does not answer. */
export class CheckpointSignerUnavailable extends Schema.TaggedError<CheckpointSignerUnavailable>()("SealUnavailable", {
  detail: Schema.String
}) {
  override get message() {
    return this.detail
  }
}

export interface SignedCheckpoint {
  readonly text: string
  readonly signature: string
}

/** Signs checkpoints with a key that stays outside MUTT. Without one, checkpoints have no signature. */
export const CheckpointSigner = Context.Reference<{
  /** `undefined`: there is no key. */
  readonly sign: (text: string) => Effect.Effect<string | undefined, CheckpointSignerUnavailable>
  /** Which signatures are good, in their order; `undefined`: there is no key. */
  readonly verify: (
    sealed: ReadonlyArray<SignedCheckpoint>
  ) => Effect.Effect<ReadonlyArray<boolean> | undefined, CheckpointSignerUnavailable>
}>("mutt/layers/audit/CheckpointSigner", {
  defaultValue: () => ({ sign: () => Effect.succeed(undefined), verify: () => Effect.succeed(undefined) })
})

import { Context, Effect, Schema } from "effect"

/** Nothing can be signed or checked now. */
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

/** Signs checkpoints with a key that nobody here holds. Where there is none, checkpoints go without a signature. */
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

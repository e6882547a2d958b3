import { Context, Effect, Schema } from "effect"

/** Nothing can be signed or checked now. */
export class SealUnavailable extends Schema.TaggedError<SealUnavailable>()("SealUnavailable", {
  detail: Schema.String
}) {
  override get message() {
    return this.detail
  }
}

export interface Sealed {
  readonly text: string
  readonly signature: string
}

/** Signs checkpoints with a key that nobody here holds. Where there is none, checkpoints go without a signature. */
export const Seal = Context.Reference<{
  /** `undefined`: there is no key. */
  readonly sign: (text: string) => Effect.Effect<string | undefined, SealUnavailable>
  /** Which signatures are good, in their order; `undefined`: there is no key. */
  readonly verify: (sealed: ReadonlyArray<Sealed>) => Effect.Effect<ReadonlyArray<boolean> | undefined, SealUnavailable>
}>("mutt/layers/audit/CheckpointSigner", {
  defaultValue: () => ({ sign: () => Effect.succeed(undefined), verify: () => Effect.succeed(undefined) })
})

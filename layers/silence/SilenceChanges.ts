import { Context, Effect, Stream } from "effect"

/** Announces that silences changed. One that gets lost is made up for by polling; without an adapter there is only that. */
export const SilenceChanges = Context.Reference<{
  /** Returns before the announcement is sent. */
  readonly announce: Effect.Effect<void>
  /** Emits once for one change or for several. */
  readonly heard: Stream.Stream<void>
}>("mutt/layers/silence/SilenceChanges", { defaultValue: () => ({ announce: Effect.void, heard: Stream.never }) })

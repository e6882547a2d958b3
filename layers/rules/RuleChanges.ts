import { Context, Effect, Stream } from "effect"

/**
 * Announces that rules, hosts or teams changed. An announcement may get lost, so listeners also poll; without an adapter
 * they only poll.
 */
export const RuleChanges = Context.Reference<{
  /** Returns before the announcement is sent. */
  readonly announce: Effect.Effect<void>
  /** Emits once for one change or for several. */
  readonly heard: Stream.Stream<void>
}>("mutt/layers/rules/RuleChanges", { defaultValue: () => ({ announce: Effect.void, heard: Stream.never }) })

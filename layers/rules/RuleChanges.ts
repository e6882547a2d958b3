import { Context, Effect, Stream } from "effect"

/**
 * Tells whoever decides by the rules that rules, hosts or teams have changed. News may be lost, so whoever hears them also looks by himself
 * from time to time; where nobody brings any, that is all there is.
 */
export const RuleChanges = Context.Reference<{
  /** Does not wait until it is told. */
  readonly announce: Effect.Effect<void>
  /** An element for each change, or for several. */
  readonly heard: Stream.Stream<void>
}>("mutt/layers/rules/RuleChanges", { defaultValue: () => ({ announce: Effect.void, heard: Stream.never }) })

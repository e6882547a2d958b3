import { Context, type Effect, Schema } from "effect"

/** Redis did not take it. It will be offered again until it does. */
export class PublishDelayed extends Schema.TaggedError<PublishDelayed>()("RelayDelayed", { detail: Schema.String }) {}

/**
 * Hands the ledger's newest state to Redis, where every process reads it. Applied only if (epoch, version) is newer than what
 * Redis has; a Redis that is older, empty or of another epoch gets everything again.
 */
export class ConfigPublisher extends Context.Service<ConfigPublisher, {
  /** Hands over whatever Redis does not have yet; says which version it has now. */
  readonly push: Effect.Effect<{ readonly epoch: string; readonly version: number }, PublishDelayed>
}>()("mutt/layers/config/ConfigPublisher") {}

import { Context, type Effect, Schema } from "effect"

/** Redis does not have the newest settings yet. They are published again until it does. */
export class PublishDelayed extends Schema.TaggedError<PublishDelayed>()("RelayDelayed", { detail: Schema.String }) {}

/** Publishes the newest settings of PostgreSQL to Redis, from where every process reads them. */
export class ConfigPublisher extends Context.Service<ConfigPublisher, {
  /** Publishes, unless Redis has this version of this epoch or a newer one. Answers the version it has then. */
  readonly push: Effect.Effect<{ readonly epoch: string; readonly version: number }, PublishDelayed>
}>()("mutt/layers/config/ConfigPublisher") {}

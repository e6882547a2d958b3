import { Context, Effect, Layer } from "effect"
import type { Snapshot } from "./DynamicConfig.ts"

/** The newest settings that were in force, kept beside the process for a start without Redis. */
export class ConfigCache extends Context.Service<ConfigCache, {
  /** `undefined`: none is kept, or what is kept cannot be used, which the log then says. */
  readonly load: Effect.Effect<Snapshot | undefined>
  /** A copy that cannot be kept is told to the log and hinders nothing. */
  readonly keep: (snapshot: Snapshot) => Effect.Effect<void>
}>()("mutt/layers/config/ConfigCache") {}

/** Keeps nothing: a start without Redis begins with the defaults. */
export const ConfigCacheNone = Layer.succeed(ConfigCache, {
  load: Effect.succeed(undefined),
  keep: () => Effect.void
})

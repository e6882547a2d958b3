import { Context, Effect, Layer } from "effect"
import type { Snapshot } from "./DynamicConfig.ts"

/** Keeps the newest settings that were in force, for a start without Redis. */
export class ConfigCache extends Context.Service<ConfigCache, {
  /** `undefined` when there is none; one that cannot be used is logged and counts as none. */
  readonly load: Effect.Effect<Snapshot | undefined>
  /** Never fails: a copy that cannot be kept is logged. */
  readonly keep: (snapshot: Snapshot) => Effect.Effect<void>
}>()("mutt/layers/config/ConfigCache") {}

/** A start without Redis then begins with the defaults. */
export const ConfigCacheNone = Layer.succeed(ConfigCache, {
  load: Effect.succeed(undefined),
  keep: () => Effect.void
})

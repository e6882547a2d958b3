import { Context, type Effect, Schema } from "effect"
import type { Program } from "../../src/domain/Settings.ts"

/** Redis does not answer. */
export class InstancesUnavailable extends Schema.TaggedError<InstancesUnavailable>()("InstancesUnavailable", {
  detail: Schema.String
}) {}

/** What one live process says of its settings. */
export interface InstanceState {
  readonly program: Program
  readonly instance: string
  readonly epoch: string
  readonly version: number
  /** It runs that version. `false`: it was offered a newer one and refused it, `reason` says why. */
  readonly ok: boolean
  readonly reason: string | null
  /** Milliseconds from the announcement's arrival to the swap. */
  readonly ms: number
  /** Since when it runs that version, and when it last said so; epoch milliseconds of the Redis server. */
  readonly since: number
  readonly seen: number
}

/** The processes that live, and which version each runs. One that ended, or has said nothing for 10 seconds, is not listed. */
export class ConfigRollout extends Context.Service<ConfigRollout, {
  readonly report: (
    state: Pick<InstanceState, "epoch" | "version" | "ok" | "reason" | "ms">
  ) => Effect.Effect<void, InstancesUnavailable>
  readonly list: Effect.Effect<ReadonlyArray<InstanceState>, InstancesUnavailable>
  /** The list once every live process runs or has refused `version`, or as it is after `timeoutMs`. */
  readonly await: (
    version: { readonly epoch: string; readonly version: number },
    timeoutMs: number
  ) => Effect.Effect<ReadonlyArray<InstanceState>, InstancesUnavailable>
}>()("mutt/layers/config/ConfigRollout") {}

import { Context, type Effect, type Stream } from "effect"
import type { HostZone } from "../../src/domain/HostZone.ts"
import type { SettingValues } from "../../src/domain/Settings.ts"

/** All settings of one version. Replaced whole, never changed. */
export interface Snapshot {
  /** Id of the ledger's incarnation; a different one means the store was rebuilt or restored. */
  readonly epoch: string
  readonly version: number
  readonly values: SettingValues
  /** No setting, but of the same versions: which hosts write their times in which zone. */
  readonly hostZones: ReadonlyArray<HostZone>
}

export interface ConfigStatus {
  readonly source: "redis" | "file" | "defaults"
  readonly epoch: string
  readonly version: number
  /** The store could not be asked lately; the values are the last known good. */
  readonly stale: boolean
  readonly ageMs: number
}

/**
 * The dynamic settings of this process. A read is a memory read: no I/O, no allocation, never half a change.
 * Take one snapshot per request or batch and use it to the end.
 */
export class DynamicConfig extends Context.Service<DynamicConfig, {
  readonly snapshot: () => Snapshot
  /** Begins with the current snapshot, then each newer one. */
  readonly changes: Stream.Stream<Snapshot>
  readonly status: Effect.Effect<ConfigStatus>
}>()("mutt/layers/config/DynamicConfig") {}

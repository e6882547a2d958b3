import { Context, type Effect, type Stream } from "effect"
import type { HostZone } from "../../src/domain/HostZone.ts"
import type { SettingValues } from "../../src/domain/Settings.ts"

/** The settings of one version, which never change. */
export interface Snapshot {
  /** Another one after PostgreSQL was rebuilt or restored: versions of two epochs cannot be compared. */
  readonly epoch: string
  readonly version: number
  readonly values: SettingValues
  /** No setting, but part of the same versions: the hosts whose times are in another zone. */
  readonly hostZones: ReadonlyArray<HostZone>
}

export interface ConfigStatus {
  readonly source: "redis" | "file" | "defaults"
  readonly epoch: string
  readonly version: number
  /** The store could not be read lately; the values are the last good ones. */
  readonly stale: boolean
  readonly ageMs: number
}

/** Has the live settings in memory, so that reading them costs nothing. Take one snapshot for each request or batch. */
export class DynamicConfig extends Context.Service<DynamicConfig, {
  readonly snapshot: () => Snapshot
  /** The current snapshot, then each newer one. */
  readonly changes: Stream.Stream<Snapshot>
  readonly status: Effect.Effect<ConfigStatus>
}>()("mutt/layers/config/DynamicConfig") {}

import { Context, type Effect, Schema } from "effect"
import type { HostZone } from "../../src/domain/HostZone.ts"
import type { ChangeRequest, ConfigStoreUnavailable, VersionStale } from "./ConfigStore.ts"

/** No zone is kept for exactly this host or glob. */
export class HostZoneNotFound extends Schema.TaggedError<HostZoneNotFound>()("HostZoneNotFound", {
  hostname: Schema.String
}) {}

/** The table has as many entries as it may. */
export class HostZonesFull extends Schema.TaggedError<HostZonesFull>()("HostZonesFull", { most: Schema.Int }) {}

export interface HostZonesState {
  readonly epoch: string
  /** Of the last change of the table; 0 when there was none. */
  readonly version: number
  /** By name. */
  readonly zones: ReadonlyArray<HostZone>
}

export type HostZoneRequest = Omit<ChangeRequest, "onlyDifferences">

/**
 * Changes the table of host zones. It is kept with the settings and counts in their versions, so that it reaches every process as they
 * do; each change is audited in its own transaction.
 */
export class HostZones extends Context.Service<HostZones, {
  readonly state: Effect.Effect<HostZonesState, ConfigStoreUnavailable>
  /** Sets the zone of a host or glob. The zone it has already makes no new version. */
  readonly set: (
    zone: HostZone,
    request: HostZoneRequest
  ) => Effect.Effect<HostZonesState, HostZonesFull | VersionStale | ConfigStoreUnavailable>
  readonly remove: (
    hostname: string,
    request: HostZoneRequest
  ) => Effect.Effect<HostZonesState, HostZoneNotFound | VersionStale | ConfigStoreUnavailable>
}>()("mutt/layers/config/HostZones") {}

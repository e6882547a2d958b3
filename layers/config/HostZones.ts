import { Context, type Effect, Schema } from "effect"
import type { HostZone } from "../../src/domain/HostZone.ts"
import type { ChangeRequest, ConfigStoreUnavailable, VersionStale } from "./ConfigStore.ts"

/** No zone is kept for exactly this host or glob. */
export class HostZoneNotFound extends Schema.TaggedError<HostZoneNotFound>()("HostZoneNotFound", {
  hostname: Schema.String
}) {}

/** The table is as long as it may be. */
export class HostZonesFull extends Schema.TaggedError<HostZonesFull>()("HostZonesFull", { most: Schema.Int }) {}

export interface HostZonesState {
  readonly epoch: string
  /** Of the last change of the table; 0 when it was never changed. */
  readonly version: number
  /** By name. */
  readonly zones: ReadonlyArray<HostZone>
}

/** Who changes the table, why, and which version of it was seen. */
export type HostZoneRequest = Omit<ChangeRequest, "onlyDifferences">

/**
 * The table of host zones as people edit it. It is kept in the ledger of settings and counts in its versions, so that it reaches every
 * process as a setting does; each change is audited in its own transaction.
 */
export class HostZones extends Context.Service<HostZones, {
  readonly state: Effect.Effect<HostZonesState, ConfigStoreUnavailable>
  /** Sets the zone of a host or glob. One that it has already makes no new version. */
  readonly set: (
    zone: HostZone,
    request: HostZoneRequest
  ) => Effect.Effect<HostZonesState, HostZonesFull | VersionStale | ConfigStoreUnavailable>
  readonly remove: (
    hostname: string,
    request: HostZoneRequest
  ) => Effect.Effect<HostZonesState, HostZoneNotFound | VersionStale | ConfigStoreUnavailable>
}>()("mutt/layers/config/HostZones") {}

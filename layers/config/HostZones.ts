import { Context, type Effect, Schema } from "effect"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import type { HostZone } from "../../src/domain/HostZone.ts"
import type { HostNotFound } from "../../src/domain/RuleProblems.ts"
import type { VersionSeen, VersionStale } from "../../src/domain/SettingProblems.ts"
import type { ConfigStoreUnavailable } from "./ConfigStore.ts"

/** The table has as many entries as it may have. */
export class HostZonesFull extends Schema.TaggedError<HostZonesFull>()("HostZonesFull", { most: Schema.Int }) {}

export interface HostZonesState {
  readonly epoch: string
  /** Version of the table's last change; 0 when it was never changed. */
  readonly version: number
  /** By name. */
  readonly zones: ReadonlyArray<HostZone>
}

/** Who changes the table, why, and which version of it was seen. */
export type HostZoneRequest = ChangeAuthor & VersionSeen

/**
 * Keeps the table of host zones that people edit; each change is audited in its own transaction. It lies beside the
 * settings and counts in their versions, so that it reaches every process as a setting does.
 */
export class HostZones extends Context.Service<HostZones, {
  readonly state: Effect.Effect<HostZonesState, ConfigStoreUnavailable>
  /** Sets the zone of a host or glob. The same zone again makes no new version. */
  readonly set: (
    zone: HostZone,
    request: HostZoneRequest
  ) => Effect.Effect<HostZonesState, HostZonesFull | VersionStale | ConfigStoreUnavailable>
  readonly remove: (
    hostname: string,
    request: HostZoneRequest
  ) => Effect.Effect<HostZonesState, HostNotFound | VersionStale | ConfigStoreUnavailable>
}>()("mutt/layers/config/HostZones") {}

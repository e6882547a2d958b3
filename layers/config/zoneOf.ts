import { Effect } from "effect"
import { type ZoneOf, zonesByHost } from "../../src/decode/fields/hostZones.ts"
import { DynamicConfig, type Snapshot } from "./DynamicConfig.ts"

/** Looks up zones by the settings in force; what was looked up is forgotten when they change. Plain, for the hot path. */
export const makeZoneOf: Effect.Effect<ZoneOf, never, DynamicConfig> = Effect.map(DynamicConfig, (config) => {
  let seen: Snapshot | undefined
  let zoneOf: ZoneOf = zonesByHost([], "UTC")
  return (hostname) => {
    const snapshot = config.snapshot()
    if (snapshot !== seen) {
      seen = snapshot
      zoneOf = zonesByHost(snapshot.hostZones, snapshot.values.syslog_time_zone)
    }
    return zoneOf(hostname)
  }
})

import { Effect } from "effect"
import { type ZoneOf, zonesByHost } from "../../src/decode/fields/hostZones.ts"
import { DynamicConfig, type Snapshot } from "./DynamicConfig.ts"

/** Looks up the zone of a host by the settings in force. A plain function, since it is called for each event. */
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

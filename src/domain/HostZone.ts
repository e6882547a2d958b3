import { Result, Schema } from "effect"
import { HostPattern } from "./Rule.ts"
import { TimeZoneName } from "./TimeZoneName.ts"

/** The time zone of a host or glob, for times that it writes without one. */
export const HostZone = Schema.Struct({ hostname: HostPattern, time_zone: TimeZoneName })
export type HostZone = typeof HostZone.Type

/** Most entries of the table: each process holds all of them. */
export const mostHostZones = 1_000

/** The key of the table beside the settings. It is no setting: it has its own path and command. */
export const hostZonesKey = "host_zones"

const HostZones = Schema.Array(HostZone).check(Schema.isMaxLength(mostHostZones))
const isHostZones = Schema.is(HostZones)

/** Reads the table from JSON, empty when absent; or says what is wrong with it. */
export const hostZonesFrom = (json: unknown): Result.Result<ReadonlyArray<HostZone>, string> => {
  if (json === undefined) return Result.succeed([])
  return isHostZones(json)
    ? Result.succeed(json)
    : Result.fail(`${hostZonesKey} must be at most ${mostHostZones} hosts, each with its time zone.`)
}

/** Sets or removes one entry of the table, which stays sorted by name. */
export const withHostZone = (
  zones: ReadonlyArray<HostZone>,
  hostname: string,
  timeZone: string | undefined
): ReadonlyArray<HostZone> => {
  const others = zones.filter((zone) => zone.hostname !== hostname)
  const changed = timeZone === undefined ? others : [...others, { hostname, time_zone: timeZone }]
  return changed.sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
}

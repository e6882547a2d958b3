import { Result, Schema } from "effect"
import { HostPattern } from "./Rule.ts"
import { TimeZoneName } from "./TimeZoneName.ts"

/** The zone of times that a host, or every host of a glob, writes without one. */
export const HostZone = Schema.Struct({ hostname: HostPattern, time_zone: TimeZoneName })
export type HostZone = typeof HostZone.Type

/** Entries of the table at most: each process holds all of them and reads them whole. */
export const mostHostZones = 1_000

/** Name under which the table is kept among the settings. It is none: it has a path and a command of its own. */
export const hostZonesKey = "host_zones"

const HostZones = Schema.Array(HostZone).check(Schema.isMaxLength(mostHostZones))
const isHostZones = Schema.is(HostZones)

/** The table from decoded JSON, empty when absent; or what is wrong with it. */
export const hostZonesFrom = (json: unknown): Result.Result<ReadonlyArray<HostZone>, string> => {
  if (json === undefined) return Result.succeed([])
  return isHostZones(json)
    ? Result.succeed(json)
    : Result.fail(`${hostZonesKey} must be at most ${mostHostZones} hosts, each with its time zone.`)
}

/** The table with one entry set, or taken out, in the order of its names. */
export const withHostZone = (
  zones: ReadonlyArray<HostZone>,
  hostname: string,
  timeZone: string | undefined
): ReadonlyArray<HostZone> => {
  const others = zones.filter((zone) => zone.hostname !== hostname)
  const changed = timeZone === undefined ? others : [...others, { hostname, time_zone: timeZone }]
  return changed.sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
}

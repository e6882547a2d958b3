import type { HostZone } from "../../domain/HostZone.ts"
import { hostTable } from "../../logic/hosts.ts"
import { type TimeZone, timeZone, utc } from "./timeZone.ts"

/** The zone in which a host writes times that name none. */
export type ZoneOf = (hostname: string | undefined) => TimeZone

/**
 * Looks up zones by host: its own, that of the most specific glob, or `otherwise`. Hosts that were asked for are
 * remembered.
 */
export const zonesByHost = (hosts: ReadonlyArray<HostZone>, otherwise: string): ZoneOf => {
  const zones = new Map<string, TimeZone>()
  const zoneNamed = (name: string): TimeZone => {
    const zone = zones.get(name) ?? timeZone(name) ?? utc
    zones.set(name, zone)
    return zone
  }
  const table = hostTable(hosts.map(({ hostname, time_zone }) => [hostname, zoneNamed(time_zone)] as const))
  const usual = zoneNamed(otherwise)
  return (hostname) => hostname === undefined ? usual : table.find(hostname) ?? usual
}

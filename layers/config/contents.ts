import { Result } from "effect"
import { hostZonesFrom, hostZonesKey } from "../../src/domain/HostZone.ts"
import { isSettingKey, settingValues } from "../../src/domain/Settings.ts"
import type { Snapshot } from "./DynamicConfig.ts"

/** What a version holds: the settings and the table of host zones. */
export type Contents = Pick<Snapshot, "values" | "hostZones">

/** Is a value kept under this name, be it a setting or the table of host zones? */
export const isKept = (name: string): boolean => isSettingKey(name) || name === hostZonesKey

/** The contents of a version from decoded JSON, absent values at their defaults. Either all of it is good or none of it is used. */
export const contentsOf = (
  given: ReadonlyMap<string, unknown>
): Result.Result<Contents, ReadonlyArray<string>> => {
  const values = settingValues(given)
  const hostZones = hostZonesFrom(given.get(hostZonesKey))
  if (Result.isSuccess(values) && Result.isSuccess(hostZones)) {
    return Result.succeed({ values: values.success, hostZones: hostZones.success })
  }
  return Result.fail([
    ...Result.isFailure(values) ? values.failure : [],
    ...Result.isFailure(hostZones) ? [hostZones.failure] : []
  ])
}

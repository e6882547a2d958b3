import { Result } from "effect"
import { hostZonesFrom, hostZonesKey } from "../../src/domain/HostZone.ts"
import { isSettingKey, settingValues } from "../../src/domain/Settings.ts"
import type { Snapshot } from "./DynamicConfig.ts"

type Contents = Pick<Snapshot, "values" | "hostZones">

/** Whether it is the name of a setting or of the table of host zones. */
export const isKept = (name: string): boolean => isSettingKey(name) || name === hostZonesKey

/** Checks all values of a version, absent ones at their defaults: all are good, or none is used. */
export const contentsOf = (given: ReadonlyMap<string, unknown>): Result.Result<Contents, ReadonlyArray<string>> => {
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

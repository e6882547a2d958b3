import { Struct } from "effect"
import type { ConfigVersion, SettingState } from "../../../layers/config/ConfigStore.ts"
import type { SettingItem, SettingsVersion } from "../../../src/api/web-ui/Settings.ts"
import { defaults, settingKeys, settings } from "../../../src/domain/Settings.ts"

/** A setting as the API shows it. */
export const settingItem = (state: SettingState): SettingItem => {
  const { default: byDefault, description, programs, range, unit } = settings[state.key]
  return {
    ...Struct.renameKeys(state, { isSet: "is_set", changedBy: "changed_by", changedAt: "changed_at" }),
    default: byDefault,
    type: typeof byDefault === "number" ? "integer" : "string",
    range,
    unit,
    description,
    programs
  }
}

/** All settings as they were at a version. */
export const settingsVersion = ({ epoch, revision, set, version }: ConfigVersion): typeof SettingsVersion.Type => ({
  epoch,
  version,
  changed_by: revision?.changedBy ?? null,
  changed_at: revision?.changedAt ?? null,
  reason: revision?.reason ?? null,
  correlation_id: revision?.correlationId ?? null,
  config: Object.fromEntries(settingKeys.map((key) => [key, set.get(key) ?? defaults[key]])),
  is_set: [...set.keys()]
})

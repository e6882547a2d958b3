import { settingKeys, settings } from "../../src/domain/Settings.ts"
import { markdownTable } from "./generated.ts"

/** Every dynamic setting, as the registry declares it. */
export const settingsTable = (): string =>
  markdownTable(
    ["setting", "default", "range", "unit", "takes effect in", "meaning"],
    settingKeys.map((key) => {
      const { default: standard, description, programs, range, unit } = settings[key]
      return [`\`${key}\``, String(standard), range, unit, programs.join(", "), description]
    })
  )

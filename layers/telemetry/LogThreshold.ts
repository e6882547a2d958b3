import { Context, LogLevel } from "effect"
import type { SettingValues } from "../../src/domain/Settings.ts"

type LevelName = SettingValues["log_level"]

const levels: Readonly<Record<LevelName, LogLevel.LogLevel>> = {
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error"
}

/** The least level this process writes. Changed in place, so that running fibers follow it too. */
interface Threshold {
  readonly set: (level: LevelName) => void
  readonly allows: (level: LogLevel.LogLevel) => boolean
}

export const makeThreshold = (start: LevelName): Threshold => {
  let least = levels[start]
  return {
    set: (level) => void (least = levels[level]),
    allows: (level) => LogLevel.isGreaterThanOrEqualTo(level, least)
  }
}

/** In tests, without a `TelemetryLayer`, all readers share one threshold at `info`. */
export const LogThreshold = Context.Reference<Threshold>("mutt/layers/telemetry/LogThreshold", {
  defaultValue: () => makeThreshold("info")
})

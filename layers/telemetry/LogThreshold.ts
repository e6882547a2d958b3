import { Context, type LogLevel } from "effect"
import type { SettingValues } from "../../src/domain/Settings.ts"

type LevelName = SettingValues["log_level"]

const levels: Readonly<Record<LevelName, LogLevel.LogLevel>> = {
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error"
}

const weights: Readonly<Record<LogLevel.LogLevel, number>> = {
  All: 0,
  Trace: 1,
  Debug: 2,
  Info: 3,
  Warn: 4,
  Error: 5,
  Fatal: 6,
  None: 7
}

/** The least level this process writes. Changed in place, so that running fibers follow it too. */
interface Threshold {
  readonly set: (level: LevelName) => void
  readonly allows: (level: LogLevel.LogLevel) => boolean
}

export const makeThreshold = (start: LevelName): Threshold => {
  let least = weights[levels[start]]
  return {
    set: (level) => void (least = weights[levels[level]]),
    allows: (level) => weights[level] >= least
  }
}

/** In tests, without a `TelemetryLayer`, all readers share one threshold at `info`. */
export const LogThreshold = Context.Reference<Threshold>("mutt/layers/telemetry/LogThreshold", {
  defaultValue: () => makeThreshold("info")
})

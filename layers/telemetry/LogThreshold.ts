import { Context, Effect, Layer, type LogLevel, Stream } from "effect"
import type { SettingValues } from "../../src/domain/Settings.ts"
import { DynamicConfig } from "../config/DynamicConfig.ts"
import { supervised } from "./supervised.ts"

export type LevelName = SettingValues["log_level"]

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
export interface Threshold {
  readonly set: (level: LevelName) => void
  readonly allows: (level: LogLevel.LogLevel) => boolean
}

export const makeThreshold = (start: LevelName): Threshold => {
  let least = weights[levels[start]]
  return {
    set: (level) => {
      least = weights[levels[level]]
    },
    allows: (level) => weights[level] >= least
  }
}

/** Without a `TelemetryLayer` (in tests) everything from `Info` is allowed, and each reader of the default shares one cell. */
export const LogThreshold = Context.Reference<Threshold>("mutt/layers/telemetry/LogThreshold", {
  defaultValue: () => makeThreshold("info")
})

/**
 * Follows the setting `log_level`. Until anything has been set (version 0), the level of the environment stays in force.
 */
export const LogLevelFollowsConfig = Layer.effectDiscard(Effect.gen(function*() {
  const config = yield* DynamicConfig
  const threshold = yield* LogThreshold
  yield* config.changes.pipe(
    Stream.runForEach(({ values, version }) =>
      Effect.sync(() => {
        if (version > 0) threshold.set(values.log_level)
      })
    ),
    supervised("telemetry.level")
  )
}))

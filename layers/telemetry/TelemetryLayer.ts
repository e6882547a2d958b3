import { Config, ConfigProvider, Effect, Layer, Logger, Metric, References } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import { StaticConfig } from "../config/StaticConfig.ts"
import { jsonLogger } from "./JsonLogger.ts"
import { type LevelName, LogThreshold, makeThreshold } from "./LogThreshold.ts"

/** As MUTT 2 spelled them too. */
const spellings: Readonly<Record<string, LevelName>> = {
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  critical: "error"
}

const startLevel = Config.String("LOG_LEVEL").pipe(
  Config.withDefault("info"),
  Config.mapEffect((text) => {
    const level = spellings[text.toLowerCase()]
    return level === undefined
      ? Effect.fail(
        new Config.ConfigError(new ConfigProvider.SourceError({ message: "LOG_LEVEL is debug, info, warn or error." }))
      )
      : Effect.succeed(level)
  })
)

/**
 * Structured logs and a metric registry of this program's own. Everything built on it logs through it, so it belongs
 * beneath all other layers but the static settings. The level starts at `LOG_LEVEL` and then follows the setting `log_level`
 * (`LogLevelFollowsConfig`, which `serveProgram` includes).
 */
export const TelemetryLayer = (program: Program) =>
  Layer.unwrap(Effect.gen(function*() {
    const config = yield* StaticConfig
    const level = yield* startLevel
    return Layer.mergeAll(
      Logger.layer([jsonLogger({ service: `mutt-${program}`, version: config.version, instance: config.instance })]),
      Layer.succeed(References.MinimumLogLevel, "Debug"),
      Layer.succeed(LogThreshold, makeThreshold(level)),
      Layer.succeed(Metric.MetricRegistry, new Map())
    )
  }))

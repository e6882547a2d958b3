import { Config, Effect, Layer, Logger, Metric, References } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import { StaticConfig } from "../config/StaticConfig.ts"
import { jsonLogger } from "./JsonLogger.ts"
import { LogThreshold, makeThreshold } from "./LogThreshold.ts"

const startLevel = Config.Literals(["debug", "info", "warn", "error"], "LOG_LEVEL").pipe(
  Config.orElse(() =>
    Config.Literals(["DEBUG", "INFO", "WARN", "ERROR"], "LOG_LEVEL").pipe(
      Config.map((level) => lowerCase[level])
    )
  ),
  Config.withDefault("info" as const)
)
const lowerCase = { DEBUG: "debug", INFO: "info", WARN: "warn", ERROR: "error" } as const

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

import { Effect, Layer, Logger, Metric, References } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import { Environment } from "../environment/Environment.ts"
import { jsonLogger } from "./JsonLogger.ts"
import { LogThreshold, makeThreshold } from "./LogThreshold.ts"

/**
 * Structured logs and a metric registry of this program's own. Everything built on it logs through it, so it belongs
 * beneath all other layers but the static settings. The level starts at `LOG_LEVEL` and then follows the setting `log_level`
 * (`LogLevelFollowsConfig`, which `serveProgram` includes).
 */
export const TelemetryLayer = (program: Program) =>
  Layer.unwrap(Effect.gen(function*() {
    const config = yield* Environment
    return Layer.mergeAll(
      Logger.layer([jsonLogger({ service: `mutt-${program}`, version: config.version, instance: config.instance })]),
      Layer.succeed(References.MinimumLogLevel, "Debug"),
      Layer.succeed(LogThreshold, makeThreshold(config.logLevel ?? "info")),
      Layer.succeed(Metric.MetricRegistry, new Map())
    )
  }))

import { Effect, Layer, Logger, Metric, References } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import { Environment } from "../environment/Environment.ts"
import { jsonLogger } from "./JsonLogger.ts"
import { LogThreshold, makeThreshold } from "./LogThreshold.ts"

/**
 * Gives a program structured logs and a metric registry of its own. It belongs beneath all other layers but the
 * environment. The level starts at `LOG_LEVEL` and then follows the setting `log_level` (see `LogLevelFollowsConfig`).
 */
export const TelemetryLayer = (program: Program) =>
  Layer.unwrap(Effect.gen(function*() {
    const { instance, logLevel = "info", version } = yield* Environment
    return Layer.mergeAll(
      Logger.layer([jsonLogger({ service: `mutt-${program}`, version, instance })]),
      Layer.succeed(References.MinimumLogLevel, "Debug"),
      Layer.succeed(LogThreshold, makeThreshold(logLevel)),
      Layer.succeed(Metric.MetricRegistry, new Map()),
      // Spans are those of `Tracing`: Effect's own are made for each call, and those of SQL have its text.
      Layer.succeed(References.TracerEnabled, false)
    )
  }))

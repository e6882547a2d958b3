import { Effect, Layer, Stream } from "effect"
import { LogThreshold } from "../telemetry/LogThreshold.ts"
import { supervised } from "../telemetry/supervised.ts"
import { DynamicConfig } from "./DynamicConfig.ts"

/** Follows the setting `log_level`. Until anything was set (version 0), `LOG_LEVEL` stays in force. */
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

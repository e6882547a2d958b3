import { Effect, Layer, Stream } from "effect"
import { supervised } from "../telemetry/supervised.ts"
import { Tracing } from "../telemetry/Tracing.ts"
import { DynamicConfig } from "./DynamicConfig.ts"

/** Follows the setting `trace_ratio`. Until anything was set (version 0), `OTEL_TRACES_SAMPLER_ARG` stays in force. */
export const TraceRatioFollowsConfig = Layer.effectDiscard(Effect.gen(function*() {
  const config = yield* DynamicConfig
  const tracing = yield* Tracing
  if (!tracing.enabled) return
  yield* config.changes.pipe(
    Stream.runForEach(({ values, version }) =>
      Effect.sync(() => {
        if (version > 0) tracing.setRatio(values.trace_ratio)
      })
    ),
    supervised("telemetry.ratio")
  )
}))
